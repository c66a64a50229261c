/*
 * Goal: the XML scanner takes what is well-formed and safe, refuses all else at the right byte, and never reads past the end.
 * Method: small texts by hand, each in memory of exactly its own size; tokens are written down as one line.
 */
#include "check.h"

#include "../../src/decode/mx_scan.c"
#include "../../src/decode/mx_tag.c"

#include <stdlib.h>

static struct cs_mx_scan scan;
static char seen[4096];

__attribute__((format(printf, 1, 2))) static void
note(const char *format, ...)
{
	va_list list;
	size_t len = strlen(seen);
	va_start(list, format);
	vsnprintf(seen + len, sizeof seen - len, format, list);
	va_end(list);
}

static void
note_text(void)
{
	uint8_t out[512];
	size_t n = cs_mx_scan_plain(scan.text, out);
	if (n > 0)
		note("'%.*s'%s", (int)n, (const char *)out, scan.text.wide ? "~" : "");
}

/* All tokens of LEN bytes, as "<name@uri a=b", ">" and texts in quotes, ~ behind those that are wide; "!code@offset" at the end when broken. */
static enum cs_mx_token
read_bytes(const char *text, size_t len)
{
	char *copy = malloc(len ? len : 1);
	memcpy(copy, text, len);
	seen[0] = 0;
	cs_mx_scan_begin(&scan, (struct cs_span){(const uint8_t *)copy, len});
	enum cs_mx_token token;
	while ((token = cs_mx_scan_next(&scan)) < CS_MX_DONE) {
		note_text();
		if (token == CS_MX_START) {
			note("<%.*s@%u", (int)scan.name.len, (const char *)scan.name.at, scan.uri);
			for (unsigned i = 0; i < scan.attribute_n; i++)
				note(" %.*s=%.*s", (int)scan.attributes[i].name.len,
				     (const char *)scan.attributes[i].name.at, (int)scan.attributes[i].value.raw.len,
				     (const char *)scan.attributes[i].value.raw.at);
		}
		note("%s", token == CS_MX_END ? ">" : token == CS_MX_TEXT ? "|" : "");
	}
	if (token == CS_MX_BROKEN)
		note("!%s@%zu", scan.code, scan.where);
	free(copy);
	return token;
}

static void
reads(const char *text, const char *wanted)
{
	(void)read_bytes(text, strlen(text));
	assert_string_equal(seen, wanted);
}

/* Breaks with CODE at OFFSET. */
static void
breaks(const char *text, const char *code, size_t offset)
{
	assert_int_equal(read_bytes(text, strlen(text)), CS_MX_BROKEN);
	assert_string_equal(scan.code, code);
	assert_int_equal(scan.where, offset);
	assert_int_equal(cs_mx_scan_next(&scan), CS_MX_BROKEN);
}

static void
elements_and_texts(void **state)
{
	(void)state;
	reads("<a/>", "<a@0>");
	reads("<a>x</a>", "<a@0'x'>");
	reads(" <a ><b />y</a\n>\n ", "<a@0<b@0>'y'>");
	reads("<?xml version='1.0' encoding='utf-8' standalone=\"yes\" ?>\n<a/>", "<a@0>");
	reads("\xEF\xBB\xBF<a/>", "<a@0>");
	reads("<!-- c --><?p q?><a/>", "<a@0>");
	reads("<a b='1' c=\"2>\" />", "<a@0 b=1 c=2>>");
}

static void
texts_in_pieces(void **state)
{
	(void)state;
	reads("<a>x<!-- c -->y<?p?>z</a>", "<a@0'x'|'y'|'z'>");
	reads("<a>1<![CDATA[<&\r\n]]>2</a>", "<a@0'1'|'<&\n'|'2'>");
	reads("<a><![CDATA[]]></a>", "<a@0|>");
	reads("<a>&lt;&gt;&amp;&apos;&quot;&#65;&#x42;&#xE9;&#x1F600;</a>", "<a@0'<>&'\"AB\xC3\xA9\xF0\x9F\x98\x80'~>");
	reads("<a>\r\n\r \n</a>", "<a@0'\n\n \n'>");
	reads("<a>]] ]></a>", "<a@0']] ]>'>");
	reads("<a>x&#xE9;</a>", "<a@0'x\xC3\xA9'~>");
}

static void
namespaces(void **state)
{
	(void)state;
	reads("<a xmlns='u'><b/></a>", "<a@2<b@2>>");
	reads("<a xmlns='u'><b xmlns=''/><c/></a>", "<a@2<b@0><c@2>>");
	reads("<p:a xmlns:p='u' xmlns:q='u'><q:b/><c/></p:a>", "<a@2<b@2><c@0>>");
	reads("<a xmlns='u'><b xmlns='v'><c/></b><d/></a>", "<a@2<b@3<c@3>><d@2>>");
	reads("<p:a xmlns:p='u'><p:b xmlns:p='v'/><p:c/></p:a>", "<a@2<b@3><c@2>>");
	reads("<a xml:lang='x'/>", "<a@0 lang=x>");
	reads("<a b='1' p:b='2' xmlns:p='u'/>", "<a@0 b=1 b=2>");
	breaks("<p:a/>", "namespace", 1);
	breaks("<a p:b='1'/>", "namespace", 3);
	breaks("<a xmlns:p=''/>", "namespace", 9);
	breaks("<a xmlns:xmlns='u'/>", "namespace", 9);
	breaks("<a xmlns:xml='u'/>", "namespace", 9);
	breaks("<a xmlns:p='http://www.w3.org/2000/xmlns/'/>", "namespace", 9);
	breaks("<a xmlns='u&amp;v'/>", "namespace", 3);
	breaks("<a:b:c xmlns:a='u'/>", "attribute", 4);
	breaks("<:a/>", "namespace", 1);
	breaks("<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>", "duplicate_attribute", 37);
	breaks("<a b='1' b='2'/>", "duplicate_attribute", 9);
}

static void
what_is_not_well_formed(void **state)
{
	(void)state;
	breaks("x<a/>", "not_xml", 0);
	breaks("{\"a\":1}", "not_xml", 0);
	breaks("</a>", "nesting", 0);
	breaks("<a></b>", "nesting", 3);
	breaks("<a><b></a></b>", "nesting", 6);
	breaks("<1a/>", "name", 1);
	breaks("< a/>", "name", 1);
	breaks("<a$/>", "attribute", 2);
	breaks("<a b/>", "attribute", 4);
	breaks("<a b=1/>", "attribute", 5);
	breaks("<a b='<'/>", "attribute", 6);
	breaks("<a b='1'c='2'/>", "attribute", 8);
	breaks("<a b='&nbsp;'/>", "entity", 6);
	breaks("<a>&nbsp;</a>", "entity", 3);
	breaks("<a>&#0;</a>          ", "entity", 3);
	breaks("<a>&#xD800;</a>      ", "entity", 3);
	breaks("<a>&#x110000;</a>    ", "entity", 3);
	breaks("<a>& b</a>           ", "entity", 3);
	breaks("<a>\x01</a>", "character", 3);
	breaks("<a>]]></a>", "cdata", 3);
	breaks("<a><!-- -- --></a>", "comment", 8);
	breaks("<a><?xml version='1.0'?></a>", "declaration", 5);
	breaks("<a><?XML ?></a>", "declaration", 5);
	breaks("<a/ >", "markup", 3);
	breaks("<?xml version='1.1'?><a/>", "declaration", 6);
	breaks("<?xml encoding='UTF-8'?><a/>", "declaration", 0);
	breaks("<?xml version='1.0' standalone='no' encoding='UTF-8'?><a/>", "declaration", 36);
}

static void
what_is_not_utf8(void **state)
{
	(void)state;
	breaks("<a>\xC3(</a>", "utf8", 3);
	breaks("<a>\xC0\x80</a>", "utf8", 3);
	breaks("<a>\xE0\x80\x80</a>", "utf8", 3);
	breaks("<a>\xED\xA0\x80</a>", "utf8", 3);
	breaks("<a>\xEF\xBF\xBE</a>", "utf8", 3);
	breaks("<a>\xF4\x90\x80\x80</a>", "utf8", 3);
	breaks("<a>\xFF</a>", "utf8", 3);
	breaks("<!-- \xC3( --><a/>", "utf8", 5);
	breaks("<a b='\xC3('/>", "utf8", 6);
	reads("<a>\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80</a>", "<a@0'\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80'~>");
	reads("<\xC3\xA9>x</\xC3\xA9>", "<\xC3\xA9@0'x'>");
	breaks("<\xC3\x97/>", "name", 1);
}

static void
what_is_not_allowed_here(void **state)
{
	(void)state;
	breaks("<!DOCTYPE a><a/>", "doctype", 0);
	breaks("<a><!DOCTYPE a></a>", "doctype", 3);
	breaks("<!ENTITY x 'y'><a/>", "markup", 0);
	breaks("<![CDATA[x]]><a/>", "markup", 0);
	breaks("<a/>x", "trailing", 4);
	breaks("<a/><b/>", "trailing", 4);
	breaks("<a/><!-- c -->", "trailing", 4);
	breaks("<?xml version='1.0' encoding='ISO-8859-1'?><a/>", "encoding", 30);
	assert_int_equal(read_bytes("\xFE\xFF\0<", 4), CS_MX_BROKEN);
	assert_string_equal(scan.code, "encoding");
	assert_int_equal(read_bytes("<\0a\0", 4), CS_MX_BROKEN);
	assert_string_equal(scan.code, "encoding");
}

static void
limits(void **state)
{
	(void)state;
	static char deep[3 * 50000 + 1];
	for (unsigned i = 0; i < 50000; i++)
		memcpy(deep + 3 * (size_t)i, "<a>", 3);
	breaks(deep, "depth", 3 * CS_MX_DEPTH_MAX);
	char text[8192];
	size_t len = (size_t)snprintf(text, sizeof text, "<a");
	for (unsigned i = 0; i < 40; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, " a%u=''", i);
	snprintf(text + len, sizeof text - len, "/>");
	assert_int_equal(read_bytes(text, strlen(text)), CS_MX_BROKEN);
	assert_string_equal(scan.code, "limit");
	len = 0;
	for (unsigned i = 0; i < 40; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, "<a xmlns='u%u'>", i);
	assert_int_equal(read_bytes(text, len), CS_MX_BROKEN);
	assert_string_equal(scan.code, "limit");
}

static void
every_prefix_is_truncated(void **state)
{
	(void)state;
	static const char text[] =
		"\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"UTF-8\"?><!-- c --><p:a xmlns:p='u' b=\"&amp;\xC3\xA9\">"
		"x&#x41;\xE2\x82\xAC<![CDATA[y]]><?q r?> <p:b/> </p:a>";
	size_t len = sizeof text - 1;
	assert_int_equal(read_bytes(text, len), CS_MX_DONE);
	for (size_t i = 0; i < len; i++) {
		assert_int_equal(read_bytes(text, i), CS_MX_BROKEN);
		assert_true(scan.where <= i);
	}
}

int
main(void)
{
	const struct CMUnitTest points[] = {
		cmocka_unit_test(elements_and_texts),
		cmocka_unit_test(texts_in_pieces),
		cmocka_unit_test(namespaces),
		cmocka_unit_test(what_is_not_well_formed),
		cmocka_unit_test(what_is_not_utf8),
		cmocka_unit_test(what_is_not_allowed_here),
		cmocka_unit_test(limits),
		cmocka_unit_test(every_prefix_is_truncated),
	};
	return cmocka_run_group_tests_name("mx_scan", points, NULL, NULL);
}
