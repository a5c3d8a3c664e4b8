"""An audit in parts, each judged by itself: out of core on one machine, or on an engine that spreads them."""
