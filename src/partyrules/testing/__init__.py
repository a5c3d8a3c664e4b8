"""What others need to test what they build on partyrules: a ledger's conformance, the laws of a pack, rule coverage."""
