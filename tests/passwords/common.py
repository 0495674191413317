#!/usr/bin/env python3
"""The set of passwords that are refused because everybody tries them first, from public lists.

    common.py LIST... >shared/domain/src/password/common.bin

The lists are text, a password a line, most common first or not. What is kept are those that the policy would otherwise
admit (8 to 128 characters), in lower case, as 32 bits of a hash each, sorted, their differences Golomb-Rice coded: the
passwords themselves are in no file of ours. shared/domain/src/password/common.rs reads it and says how often it is wrong.

The set that is checked in was made from these:

- the 100,000 most used passwords of Pwned Passwords, as published by Troy Hunt and the UK's National Cyber Security
  Centre (PwnedPasswordsTop100k.txt; free to use);
- the 20,000 that Django refuses (django/contrib/auth/common-passwords.txt.gz, by Royce Williams; BSD);
- the 30,000 that zxcvbn ranks (zxcvbn/frequency_lists.py; MIT).
"""

import sys
import unicodedata

SHORTEST, LONGEST = 8, 128
# The mean distance of some fifty thousand hashes in 32 bits is about 2^16.3: 16 is the best parameter.
RICE = 16


def digest(word):
    """FNV-1a of 64 bits, stirred (the finalizer of SplitMix64), and the upper half of that."""
    value = 0xCBF29CE484222325
    for byte in word.encode():
        value = ((value ^ byte) * 0x100000001B3) % 2**64
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) % 2**64
    return (value ^ (value >> 31)) >> 32


def words(paths):
    """What the lists hold, as the policy sees it."""
    for path in paths:
        with open(path, encoding="utf-8", errors="ignore") as lines:
            for line in lines:
                word = unicodedata.normalize("NFC", line.rstrip("\r\n")).lower()
                if SHORTEST <= len(word) <= LONGEST:
                    yield word


def coded(numbers):
    """Sorted numbers as differences: each a unary quotient, a zero, and RICE bits."""
    bits, before = [], 0
    for number in numbers:
        quotient, rest = divmod(number - before, 1 << RICE)
        bits.append("1" * quotient + "0" + format(rest, f"0{RICE}b"))
        before = number
    text = "".join(bits)
    text += "0" * (-len(text) % 8)
    return bytes(int(text[at : at + 8], 2) for at in range(0, len(text), 8))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    hashes = sorted({digest(word) for word in words(sys.argv[1:])})
    sys.stdout.buffer.write(len(hashes).to_bytes(4, "big") + coded(hashes))
    print(f"{len(hashes)} passwords", file=sys.stderr)
