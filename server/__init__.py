"""The core of Ramah: domain rules, storage, push, API, auth, reports. No pixels, no paper."""
