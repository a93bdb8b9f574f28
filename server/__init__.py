"""The core of Ramah: domain rules, storage, push, API, auth and reports. Knows no pixels or paper."""
