from tests.web.fixtures import stub_hall

__all__ = ["stub_hall"]
