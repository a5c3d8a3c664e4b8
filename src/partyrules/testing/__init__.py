"""What others need to test what they build on partyrules: the laws of a pack, cases of its duties, rule coverage."""
