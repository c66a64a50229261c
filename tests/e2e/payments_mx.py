"""The ISO 20022 side of days of payments: read by the standard library, checked by the schemas (libxml2) where they are."""
import ctypes
import ctypes.util
import glob
import os
import re
import xml.etree.ElementTree as tree


def local(element):
    return element.tag.split("}")[1]


class Mx:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        self.name = os.path.basename(path)
        self.stem = self.name.rsplit("-", 1)[0]
        self.root = tree.fromstring(self.data)
        self.document = re.search(rb"<Document.*</Document>", self.data, re.S).group(0)
        self.header = re.search(rb"<AppHdr.*</AppHdr>", self.data, re.S).group(0)
        self.definition = self.one("MsgDefIdr")
        assert f"{{urn:iso:std:iso:20022:tech:xsd:{self.definition}}}Document" == self.root[1].tag

    def all(self, name, under=None):
        return [e for e in (self.root if under is None else under).iter() if local(e) == name]

    def one(self, name, under=None):
        found = self.all(name, under)
        return found[0].text if found else None

    def agent(self, name):
        return self.one("BICFI", self.all(name)[0])


def read(folder):
    return [Mx(path) for path in sorted(glob.glob(os.path.join(folder, "*.xml")))]


class Schemas:
    """ISO's schemas by libxml2; None of them where either is missing."""

    def __init__(self, folder):
        name = ctypes.util.find_library("xml2")
        self.xml = ctypes.CDLL(name) if name and os.path.isdir(folder) else None
        self.folder, self.known = folder, {}
        if not self.xml:
            return
        for call in ("xmlReadMemory", "xmlSchemaNewParserCtxt", "xmlSchemaParse", "xmlSchemaNewValidCtxt"):
            getattr(self.xml, call).restype = ctypes.c_void_p

    def schema(self, definition):
        if definition not in self.known:
            path = os.path.join(self.folder, definition + ".xsd").encode()
            parser = self.xml.xmlSchemaNewParserCtxt(path)
            self.known[definition] = self.xml.xmlSchemaParse(ctypes.c_void_p(parser))
            assert self.known[definition], f"{definition}: no schema"
        return self.known[definition]

    def complaint(self, definition, data):
        """0 when DATA is valid, else libxml2's number; what is wrong goes to standard error."""
        document = self.xml.xmlReadMemory(data, len(data), b"x.xml", None, 0)
        assert document, "not well-formed"
        context = self.xml.xmlSchemaNewValidCtxt(ctypes.c_void_p(self.schema(definition)))
        wrong = self.xml.xmlSchemaValidateDoc(ctypes.c_void_p(context), ctypes.c_void_p(document))
        self.xml.xmlSchemaFreeValidCtxt(ctypes.c_void_p(context))
        self.xml.xmlFreeDoc(ctypes.c_void_p(document))
        return wrong
