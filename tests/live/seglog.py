# SPDX-License-Identifier: BSD-3-Clause
"""A segment of the log as a list of entries that a test may read, damage, or rewrite with sound checksums."""
import struct

HEADER = struct.Struct("<4sBBHQQIIII")
NAMES = ("NONE", "OPEN", "BEGIN", "CHUNK", "COMMIT", "ABORT", "RECORD", "SYNC", "TOMB", "SEAL")
PART = 32  # octets in front of the extents of a commit
EXTENT = 24

TABLE = []
for n in range(256):
    for _ in range(8):
        n = n >> 1 ^ (0x82f63b78 if n & 1 else 0)
    TABLE.append(n)


def crc32c(octets):
    crc = 0xffffffff
    for octet in octets:
        crc = TABLE[(crc ^ octet) & 255] ^ crc >> 8
    return crc ^ 0xffffffff


class Entry:
    def __init__(self, octets, offset):
        (self.magic, self.version, self.kind, self.zero, self.segment, self.sequence, self.length, self.slot,
         self.header_crc, self.crc) = HEADER.unpack_from(octets, offset)
        self.offset, self.name = offset, NAMES[self.kind]
        self.payload = octets[offset + HEADER.size:offset + HEADER.size + self.length]

    def octets(self):
        """With checksums that are right."""
        head = HEADER.pack(self.magic, self.version, self.kind, self.zero, self.segment, self.sequence, len(self.payload),
                           self.slot, 0, 0)[:32]
        head += struct.pack("<II", crc32c(head), crc32c(self.payload))
        return head + self.payload

    def json_at(self):
        """Where the record stands in the payload of a commit."""
        return self.payload.index(b'{"timestamp"')


def read(path):
    with open(path, "rb") as f:
        octets = f.read()
    entries, at = [], 0
    while octets[at:at + 4] == b"MTSE":
        entries.append(Entry(octets, at))
        at += HEADER.size + (entries[-1].length + 7 & ~7)
    return entries


def write(path, offset, octets):
    with open(path, "r+b") as f:
        f.seek(offset)
        f.write(octets)
