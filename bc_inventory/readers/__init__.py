"""Read publishers' files into contract tables; one module per format.

`bc_inventory.readers.registry.read_any` finds the format of a file and reads it.
"""
