"""Why the store cannot be opened.

    StoreUnusable
    ├── StoreInUse        another server process has it
    ├── StoreMissing      it was here before and is gone
    ├── StoreCorrupt      it is not a database any more
    ├── StoreTooNew       a newer version of Frontdesk wrote it
    └── StoreNotWritable  the account may not write the file or its folder

These stop the start. What can fail later, while serving, is `StorageUnavailable` and `StorageFull` in
`bot/desk/errors.py`.
"""


class StoreUnusable(Exception):
    """The store cannot be opened."""

    code = "store_unusable"


class StoreInUse(StoreUnusable):
    """Another server process uses this store."""

    code = "store_in_use"


class StoreMissing(StoreUnusable):
    """The store was here before and is gone."""

    code = "store_missing"


class StoreCorrupt(StoreUnusable):
    """The store's file is not a sound database."""

    code = "store_corrupt"


class StoreTooNew(StoreUnusable):
    """A newer version of Frontdesk wrote this store."""

    code = "store_too_new"


class StoreNotWritable(StoreUnusable):
    """The store's file or folder cannot be written."""

    code = "store_not_writable"
