"""What browsers keep of a log-in: the names of the cookies, and how long each is good."""

from __future__ import annotations

from server.domain.roles import CARE, DISPLAY, KIOSK, TABLET

SESSION_COOKIE = "ramah_session"
DEVICE_COOKIES = {
    KIOSK: "ramah_kiosk", DISPLAY: "ramah_display", TABLET: "ramah_tablet", CARE: "ramah_care",
}  # fmt: skip
SESSION_HOURS = 14
DEVICE_DAYS = 400
"""Browsers keep no cookie longer, so a device's key is given anew while the device is in use."""
