"""Words that try to be something else: markup, a formula, a header, a path, a command, nothing."""

from typing import Final

WORDS: Final = {
    "formula": '=HYPERLINK("http://x","y")',
    "command": "=cmd|'/c calc'!A1",
    "wide formula": "＝1+1",
    "formula after a mark": "\ufeff=1+1",
    "formula further on": 'x,"=1+1",y;=1+1;z\t=1+1',
    "script": "<script>alert(1)</script>",
    "attribute": "\"' onmouseover=alert(1) x='\"><img src=x onerror=alert(1)>",
    "style": "</style></title><svg onload=alert(1)>]]>-->",
    "link": "javascript:alert(1)//https://x.example",
    "header": "a\r\nBcc: x@example.org\r\n\r\nbody",
    "encoded header": "=?utf-8?q?=0D=0ABcc=3A_x=40example.org?=%0d%0aBcc: y@example.org",
    "addresses": '"x" <a@example.org>, b@example.org; c@example.org',
    "row of a text": "[ ] 18.05.2021\n[ ] mine",
    "path": "../../etc/passwd",
    "Windows path": "..\\..\\CON:\x00.lnk",
    "override of direction": "\u202egnp.exe\u2066\u200f",
    "terminal": "\x1b[2J\x1b]0;owned\x07\x9b31m\x00\x08",
    "template": "{{ 7*7 }}{% raw %}{title}{0.__class__}%s%n${7*7}#{7*7}",
    "typesetting": '#eval("1") $x$ *b* _i_ `c` @ref <label> \\ // = Heading',
    "escapes of a workbook": "_x003D_1+1_x0000_&#61;1&amp;&G&[Picture]",
    "nothing to see": "\u200b\u3164\u2028\U000e0041\ufffe\uffff",
    "umlauts": "Ünïcödé Ñandú",
    "joined": "Zoë 👩\u200d🚒",
    "long": "x" * 10_000,
    "long and wide": "👩 é" * 333,
}
