"""Import from and export to files.

`detect` finds out how a file is written, `mapping` what its columns mean, `reader` streams its rows,
`convert` turns a row into typed values or the reason why not, `rejects` writes those reasons down.
"""
