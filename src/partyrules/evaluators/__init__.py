"""What gives rules their meaning: the reference evaluator, and inference engines that must agree with it."""
