"""The language of rules: a closed kernel, the words that stand for several of its parts, and what a rule is."""
