"""Writes the files named after the output as C byte tables: embed.py OUTPUT FILE..."""
import os
import sys


def stem(path):
    return os.path.splitext(os.path.basename(path))[0]


def main(output, files):
    rows = []
    with open(output, "w") as out:
        for i, path in enumerate(sorted(files, key=stem)):
            data = open(path, "rb").read()
            out.write("static const uint8_t dialect_%d[] = {%s};\n" % (i, ",".join(map(str, data))))
            rows.append('{"%s", dialect_%d, %d},' % (stem(path), i, len(data)))
        out.write("static const struct shipped shipped_dialects[] = {\n%s\n};\n" % "\n".join(rows))


main(sys.argv[1], sys.argv[2:])
