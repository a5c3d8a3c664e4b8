"""What people read: tables, decisions and the demo's report, in Chinese or English."""
