"""Good requests of Ravi's contract, by operation."""

import html
import re
import urllib.request

import djangocfg
from people import API, Person, address, call, code_for, place


class Visitor:
    """Somebody with a browser that keeps one cookie and fills forms, all from one address."""

    def __init__(self):
        self.place, self.cookie, self.page = place(), None, ""

    def send(self, path, form=None):
        headers = {"x-forwarded-for": self.place, "content-type": "application/x-www-form-urlencoded"}
        if self.cookie:
            headers["cookie"] = self.cookie
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        with urllib.request.urlopen(urllib.request.Request(f"{API}{path}", data, headers)) as answer:
            self.page = answer.read().decode()
            if answer.headers["set-cookie"]:
                self.cookie = answer.headers["set-cookie"].split(";")[0]
        return self

    def hidden(self, action):
        """The hidden fields of a form."""
        form = self.page.split(f'<form method="post" action="{action}"')[1].split("</form>")[0]
        return {name: html.unescape(value) for name, value in re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', form)}
