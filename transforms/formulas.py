"""What a spreadsheet computes instead of showing it."""

import re
from typing import Final

# A spreadsheet runs a cell that begins with one of these (in Japanese, the wide ones too), be it
# after blanks, quotes, or what it does not show.
MARKS: Final = r"=+\-@\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20"
BEGINS_A_FORMULA: Final = re.compile(rf'[\t\r\n]|[\s"]*[{MARKS}]')
