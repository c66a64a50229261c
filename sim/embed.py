"""Writes story files as C byte tables: embed.py OUTPUT FILE..."""
import os
import sys


def main(output, files):
    rows = []
    with open(output, "w") as out:
        for i, path in enumerate(sorted(files)):
            with open(path, "rb") as story:
                data = story.read()
            out.write("static const uint8_t story_%d[] = {%s};\n" % (i, ",".join(map(str, data))))
            rows.append('{"%s", story_%d, %d},' % (os.path.splitext(os.path.basename(path))[0], i, len(data)))
        out.write("static const struct shipped shipped_stories[] = {\n%s\n};\n" % "\n".join(rows))


main(sys.argv[1], sys.argv[2:])
