"""Reading a mail off the wire: headers, the MIME tree, transfer encodings, charsets. In one pass, without recursion."""
