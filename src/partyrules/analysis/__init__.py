"""What is told about packs: slips, clashes, numbers, differences."""
