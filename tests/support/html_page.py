"""A page of HTML, read for tests."""

import html.parser


class Page(html.parser.HTMLParser):
    """A page as a browser sees it: what it shows and what it refers to."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.shown, self.bold, self.open = [], [], [], []
        self.feed(text)
        self.close()
        assert not self.open
        self.text = " ".join(self.shown)

    def handle_starttag(self, name, attributes):
        self.tags.append((name, dict(attributes)))
        if name not in ("meta", "img"):
            self.open.append(name)

    def handle_endtag(self, name):
        assert self.open.pop() == name

    def handle_data(self, data):
        if "style" not in self.open and data.strip():
            self.shown.append(data.strip())
            if "strong" in self.open:
                self.bold.append(data)
