"""The pack author's kit: start a pack from a document, and look for what is wrong in one."""
