"""Import from and export to files.

`detect` finds out how a file is written, `mapping` what its columns mean, `reader` streams its rows (and writes the
refused ones), `convert` turns a row into typed values or the reason why not, `chunks` makes batches of them;
`importer` puts all that together, `exporter` goes the other way.
"""
