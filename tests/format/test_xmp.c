/* XMP that is made true of another picture, whatever form a claim has. */
#include "format/xmp.h"
#include "support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMESPACES                                                                                 \
    "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\""                                    \
    " xmlns:tiff=\"http://ns.adobe.com/tiff/1.0/\" xmlns:exif='http://ns.adobe.com/exif/1.0/'"     \
    " xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\""    \
    " xmlns:xmpNote=\"http://ns.adobe.com/xmp/note/\""                                             \
    " xmlns:GCamera=\"http://ns.google.com/photos/1.0/camera/\""                                   \
    " xmlns:GPano=\"http://ns.google.com/photos/1.0/panorama/\""                                   \
    " xmlns:Container=\"http://ns.google.com/photos/1.0/container/\""                              \
    " xmlns:Item=\"http://ns.google.com/photos/1.0/container/item/\""                              \
    " xmlns:hdrgm=\"http://ns.adobe.com/hdr-gain-map/1.0/\""                                       \
    " xmlns:HDRGainMap=\"http://ns.apple.com/HDRGainMap/1.0/\""                                    \
    " xmlns:stDim=\"http://ns.adobe.com/xap/1.0/sType/Dimensions#\""                               \
    " xmlns:mwg-rs=\"http://www.metadataworkinggroup.com/schemas/regions/\""                       \
    " xmlns:photoshop=\"http://ns.adobe.com/photoshop/1.0/\""                                      \
    " xmlns:my=\"http://example.com/mine/\""
#define HEAD                                                                                       \
    "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"                         \
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF " NAMESPACES ">"
#define TAIL "</rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>"

/* 4000x3000 px become 400x300. */
static loom_truth usual(void)
{
    return (loom_truth){.format = LOOM_FORMAT_WEBP,
                        .width = 400,
                        .height = 300,
                        .was_width = 4000,
                        .was_height = 3000,
                        .orientation = 1,
                        .same_view = true};
}

/* In memory of exactly that size, so that a sanitizer sees its end. */
static bool refresh(const char *packet, size_t size, const loom_truth *truth, loom_strbuf *out,
                    unsigned *gone)
{
    unsigned char *copy = malloc(size > 0 ? size : 1);

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, packet, size);
    const bool made = loom_xmp_refresh((loom_bytes){copy, size}, truth, out, gone);
    free(copy);
    return made;
}

static void assert_becomes_by(const loom_truth *truth, const char *before, const char *after,
                              unsigned lost)
{
    loom_strbuf packet = LOOM_STRBUF_INIT, expected = LOOM_STRBUF_INIT, out = LOOM_STRBUF_INIT;
    unsigned gone = 99;

    loom_strbuf_add_format(&packet, HEAD "%s" TAIL, before);
    loom_strbuf_add_format(&expected, HEAD "%s" TAIL, after);
    ck_assert_msg(refresh(packet.data, packet.size, truth, &out, &gone), "%s", before);
    ck_assert_str_eq(loom_strbuf_str(&out), loom_strbuf_str(&expected));
    ck_assert_uint_eq(gone, lost);
    loom_strbuf_release(&packet);
    loom_strbuf_release(&expected);
    loom_strbuf_release(&out);
}

static void assert_becomes(const char *before, const char *after)
{
    const loom_truth truth = usual();

    assert_becomes_by(&truth, before, after, 0);
}

#define DESCRIPTION(attributes) "<rdf:Description rdf:about=\"\"" attributes "/>"
#define WITH(elements)          "<rdf:Description rdf:about=\"\">" elements "</rdf:Description>"

/* ---- forms --------------------------------------------------------------- */

START_TEST(attributes_are_set)
{
    assert_becomes(DESCRIPTION(" tiff:Orientation=\"6\"\n  tiff:ImageWidth='4000' "
                               "tiff:ImageLength = \"3000\" exif:PixelXDimension=\"4000\" "
                               "exif:PixelYDimension=\"3000\" my:Own=\"4000 &amp; 6\""),
                   DESCRIPTION(" tiff:Orientation=\"1\"\n  tiff:ImageWidth='400' "
                               "tiff:ImageLength = \"300\" exif:PixelXDimension=\"400\" "
                               "exif:PixelYDimension=\"300\" my:Own=\"4000 &amp; 6\""));
}
END_TEST

START_TEST(elements_are_set)
{
    assert_becomes(WITH("<tiff:Orientation>6</tiff:Orientation><dc:format>image/jpeg</dc:format >"
                        "<exif:PixelXDimension><![CDATA[4000]]></exif:PixelXDimension>"
                        "<tiff:ImageWidth>&#52;000</tiff:ImageWidth>"),
                   WITH("<tiff:Orientation>1</tiff:Orientation><dc:format>image/webp</dc:format >"
                        "<exif:PixelXDimension>400</exif:PixelXDimension>"
                        "<tiff:ImageWidth>400</tiff:ImageWidth>"));
}
END_TEST

START_TEST(odd_elements_go)
{
    assert_becomes(WITH("<tiff:Orientation my:q=\"1\">6</tiff:Orientation>"
                        "<tiff:ImageWidth rdf:parseType=\"Resource\"><rdf:value>4000</rdf:value>"
                        "</tiff:ImageWidth><tiff:ImageLength>30<!-- -->00</tiff:ImageLength>"
                        "<exif:PixelXDimension/><my:Own>6</my:Own>"),
                   WITH("<my:Own>6</my:Own>"));
}
END_TEST

START_TEST(prefixes_are_only_names)
{
    assert_becomes(
        "<rdf:Description xmlns:a=\"http://ns.adobe.com/tiff/1.0/\" "
        "xmlns:tiff=\"http://example.com/\" a:Orientation=\"6\" tiff:Compression=\"1\"/>",
        "<rdf:Description xmlns:a=\"http://ns.adobe.com/tiff/1.0/\" "
        "xmlns:tiff=\"http://example.com/\" a:Orientation=\"1\" tiff:Compression=\"1\"/>");
    assert_becomes(
        WITH("<ImageWidth xmlns=\"http://ns.adobe.com/tiff/1.0/\">4000</ImageWidth>"
             "<b:ImageLength xmlns:b='http://ns.adobe.com/tiff/1.0'>3000</b:ImageLength>"),
        WITH("<ImageWidth xmlns=\"http://ns.adobe.com/tiff/1.0/\">400</ImageWidth>"
             "<b:ImageLength xmlns:b='http://ns.adobe.com/tiff/1.0'>300</b:ImageLength>"));
}
END_TEST

/* What is said of something else within a property goes: it is not the output that is meant. */
START_TEST(nested_claims_go)
{
    assert_becomes(WITH("<my:Source><rdf:Description tiff:Orientation=\"6\" my:a=\"b\">"
                        "<exif:PixelXDimension>4000</exif:PixelXDimension></rdf:Description>"
                        "</my:Source>"),
                   WITH("<my:Source><rdf:Description my:a=\"b\"></rdf:Description></my:Source>"));
}
END_TEST

/* ---- what is gone -------------------------------------------------------- */

START_TEST(films_and_maps_that_are_gone_are_not_spoken_of)
{
    assert_becomes(
        DESCRIPTION(" GCamera:MicroVideo=\"1\" GCamera:MicroVideoVersion=\"1\" "
                    "GCamera:MicroVideoOffset=\"20024\" GCamera:MotionPhoto=\"1\" "
                    "GCamera:MotionPhotoPresentationTimestampUs=\"5\" GCamera:BurstID=\"x\" "
                    "GCamera:New=\"1\" hdrgm:Version=\"1.0\" HDRGainMap:HDRGainMapVersion=\"1\" "
                    "xmpNote:HasExtendedXMP=\"0123\" my:MotionPhotoVideo=\"1\""),
        DESCRIPTION(" GCamera:BurstID=\"x\""));
    assert_becomes(
        WITH("<Container:Directory><rdf:Seq><rdf:li rdf:parseType=\"Resource\">"
             "<Container:Item Item:Mime=\"video/mp4\" Item:Semantic=\"MotionPhoto\"/></rdf:li>"
             "</rdf:Seq></Container:Directory><dc:rights>(c)</dc:rights>"
             "<xmp:Thumbnails><rdf:Alt><rdf:li>Secret</rdf:li></rdf:Alt></xmp:Thumbnails>"),
        WITH("<dc:rights>(c)</dc:rights>"));
    assert_becomes("<rdf:Description xmlns:d=\"http://ns.google.com/photos/1.0/depthmap/\" "
                   "d:Mime=\"image/png\"><d:Data>AAAA</d:Data></rdf:Description>",
                   "<rdf:Description xmlns:d=\"http://ns.google.com/photos/1.0/depthmap/\">"
                   "</rdf:Description>");
}
END_TEST

START_TEST(samples_are_not_spoken_of)
{
    assert_becomes(WITH("<tiff:BitsPerSample><rdf:Seq><rdf:li>8</rdf:li></rdf:Seq>"
                        "</tiff:BitsPerSample><tiff:Compression>6</tiff:Compression>"
                        "<exif:NativeDigest>36864,40960</exif:NativeDigest>"
                        "<tiff:Make>Maker</tiff:Make>"),
                   WITH("<tiff:Make>Maker</tiff:Make>"));
}
END_TEST

START_TEST(sizes_in_any_namespace_go)
{
    assert_becomes(DESCRIPTION(" my:ImageWidth=\"4000\" my:Orientation=\"6\" my:Width=\"1\""),
                   DESCRIPTION(" my:Width=\"1\""));
}
END_TEST

/* ---- places in the picture ----------------------------------------------- */

#define REGIONS(width, height)                                                                     \
    WITH("<mwg-rs:Regions rdf:parseType=\"Resource\"><mwg-rs:AppliedToDimensions"                  \
         " rdf:parseType=\"Resource\"><stDim:w>" width "</stDim:w><stDim:h>" height                \
         "</stDim:h><stDim:unit>pixel</stDim:unit></mwg-rs:AppliedToDimensions></mwg-rs:Regions>")
#define REGIONS_SHORT(width, height)                                                               \
    WITH("<mwg-rs:Regions rdf:parseType=\"Resource\"><mwg-rs:AppliedToDimensions stDim:w=\"" width \
         "\" stDim:h=\"" height "\" stDim:unit=\"pixel\"/></mwg-rs:Regions>")

START_TEST(regions_are_those_of_the_output)
{
    loom_truth truth = usual();

    assert_becomes(REGIONS("4000", "3000"), REGIONS("400", "300"));
    assert_becomes(REGIONS_SHORT("4000", "3000"), REGIONS_SHORT("400", "300"));
    assert_becomes(DESCRIPTION(" stDim:w=\"4000\""), DESCRIPTION(" stDim:w=\"4000\""));
    truth.same_view = false;
    assert_becomes_by(&truth, REGIONS("4000", "3000"), WITH(""), LOOM_XMP_REGIONS);
}
END_TEST

START_TEST(panoramas_are_scaled_or_go)
{
    loom_truth truth = usual();

    assert_becomes(DESCRIPTION(" GPano:FullPanoWidthPixels=\"8006\" GPano:CroppedAreaTopPixels="
                               "\"504\" GPano:ProjectionType=\"equirectangular\""),
                   DESCRIPTION(" GPano:FullPanoWidthPixels=\"801\" GPano:CroppedAreaTopPixels="
                               "\"50\" GPano:ProjectionType=\"equirectangular\""));
    assert_becomes_by(&truth, WITH("<GPano:FullPanoWidthPixels>x</GPano:FullPanoWidthPixels>"),
                      WITH(""), LOOM_XMP_PANORAMA);
    truth.same_view = false;
    assert_becomes_by(&truth,
                      DESCRIPTION(" GPano:FullPanoWidthPixels=\"8006\" "
                                  "GPano:ProjectionType=\"equirectangular\""),
                      DESCRIPTION(""), LOOM_XMP_PANORAMA);
}
END_TEST

START_TEST(colours_are_srgb_once_they_are_converted)
{
    static const char before[] =
        DESCRIPTION(" exif:ColorSpace=\"65535\" photoshop:ICCProfile=\"Adobe RGB (1998)\"");
    loom_truth truth = usual();

    assert_becomes(before, before);
    truth.converted = true;
    assert_becomes_by(&truth, before, DESCRIPTION(" exif:ColorSpace=\"1\""), 0);
}
END_TEST

/* ---- what is not known --------------------------------------------------- */

/* Each name is looked at with its namespace: a long one for many names would take hours. */
START_TEST(the_place_goes_if_it_must)
{
    static const char some[] = WITH("<exif:GPSLatitude>48,8N</exif:GPSLatitude>"
                                    "<exif:FNumber>28/10</exif:FNumber>");
    loom_truth truth = usual();

    assert_becomes(some, some);
    truth.no_place = true;
    assert_becomes_by(&truth, some, WITH("<exif:FNumber>28/10</exif:FNumber>"), 0);
    assert_becomes_by(&truth, DESCRIPTION(" exif:GPSLongitude=\"16,4E\" exif:FNumber=\"1\""),
                      DESCRIPTION(" exif:FNumber=\"1\""), 0);
    truth.dpi = 72;
    assert_becomes_by(&truth, DESCRIPTION(" tiff:XResolution=\"300/1\" tiff:Make=\"M\""),
                      DESCRIPTION(" tiff:Make=\"M\""), 0);
}
END_TEST

START_TEST(a_long_namespace_is_refused)
{
    const loom_truth truth = usual();

    for (int length = 512; length <= 513; length++) {
        loom_strbuf out = LOOM_STRBUF_INIT;
        unsigned gone;
        char text[600];
        (void)snprintf(text, sizeof text, "<a xmlns:p='%0*d' p:b='1'/>", length, 0);
        ck_assert_int_eq(refresh(text, strlen(text), &truth, &out, &gone), length == 512);
        loom_strbuf_release(&out);
    }
}
END_TEST

START_TEST(what_is_not_plain_xml_is_refused)
{
    static const char *const packets[] = {
        "",
        "text",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "<a/>text",
        "<p:a/>",
        "<a p:b='1'/>",
        "<a b='1' b='2'/>",
        "<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>",
        "<a b=1/>",
        "<a b='<'/>",
        "<a b='1'c='2'/>",
        "<a b='&unknown;'/>",
        "<a>&unknown;</a>",
        "<a>&#0;</a>",
        "<a>&#x110000;</a>",
        "<a>&lt</a>",
        "<a>]]></a>",
        "<a><!-- -- --></a>",
        "<a><![CDATA[</a>",
        "<a>\1</a>",
        "<a>\xFF</a>",
        "<a>\xEF\xBF\xBF</a>",
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a [<!ENTITY unknown '6'>]><a>&unknown;</a>",
        "<?xml version='1.0' encoding='UTF-16'?><a/>",
        "<?xml version='1.1'?><a/>",
        " <?xml version='1.0'?><a/>",
        "<a><?xml version='1.0'?></a>",
        "<a xmlns:p=''/>",
        "<a xmlns:xml='u'/>",
        "<a xmlns:p='&#117;'/>",
        "<\xC3\xA4/>",
        "<a:b:c xmlns:a='u'/>",
        "<a xmlns='http://ns.adobe.com/tiff/1.0/'></a", /* the whole would go */
        "<Orientation xmlns='http://ns.adobe.com/tiff/1.0/'>6</Orientation>",
    };
    const loom_truth truth = usual();
    loom_strbuf out = LOOM_STRBUF_INIT;
    unsigned gone;

    ck_assert_msg(!refresh(packets[_i], strlen(packets[_i]), &truth, &out, &gone), "%s",
                  packets[_i]);
    loom_strbuf_release(&out);
}
END_TEST

START_TEST(wide_characters_are_refused)
{
    static const char packet[] = "\xFF\xFE<\0a\0/\0>\0";
    const loom_truth truth = usual();
    loom_strbuf out = LOOM_STRBUF_INIT;
    unsigned gone;

    ck_assert(!refresh(packet, sizeof packet - 1, &truth, &out, &gone));
    ck_assert(!refresh(packet + 2, sizeof packet - 3, &truth, &out, &gone));
    loom_strbuf_release(&out);
}
END_TEST

START_TEST(what_is_around_the_packet_is_no_fault)
{
    static const char packet[] = "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
                                 "<!-- c --><a b='&#x1F600;&quot;'>\xF0\x9F\x98\x80</a>\n\0\0";
    const loom_truth truth = usual();
    loom_strbuf out = LOOM_STRBUF_INIT;
    unsigned gone;

    ck_assert(refresh(packet, sizeof packet - 1, &truth, &out, &gone));
    ck_assert_uint_eq(out.size, sizeof packet - 1 - 3 - 2);
    ck_assert_mem_eq(out.data, packet + 3, out.size);
    loom_strbuf_release(&out);
}
END_TEST

/* Depth, names and attributes have limits, and none of them takes long. */
START_TEST(large_packets_have_an_end)
{
    const loom_truth truth = usual();
    loom_strbuf packet = LOOM_STRBUF_INIT, out = LOOM_STRBUF_INIT;
    unsigned gone;

    for (int i = 0; i < 1000; i++)
        loom_strbuf_add_str(&packet, "<a>");
    ck_assert(!refresh(packet.data, packet.size, &truth, &out, &gone));
    loom_strbuf_clear(&packet);
    loom_strbuf_add_str(&packet, "<a");
    for (int i = 0; i < 2000; i++)
        loom_strbuf_add_format(&packet, " a%d=''", i);
    loom_strbuf_add_str(&packet, "/>");
    ck_assert(!refresh(packet.data, packet.size, &truth, &out, &gone));
    loom_strbuf_release(&packet);
    loom_strbuf_release(&out);
}
END_TEST

/* Each byte changed, each length cut: what is made is made of itself. */
START_TEST(any_bytes_do_no_harm)
{
    static const char packet[] = HEAD DESCRIPTION(" tiff:Orientation=\"6\" my:a='b'")
        REGIONS("4000", "3000") WITH("<exif:PixelXDimension>4000</exif:PixelXDimension>") TAIL;
    static const char values[] = {0, ' ', '<', '>', '/', '"', '&', ':', '=', 'a', '\x80'};
    const loom_truth truth = usual();
    const size_t size = sizeof packet - 1;

    for (size_t at = 0; at < 2 * size; at++)
        for (size_t v = 0; v < sizeof values; v++) {
            char copy[sizeof packet];
            loom_strbuf once = LOOM_STRBUF_INIT, twice = LOOM_STRBUF_INIT;
            unsigned gone;
            memcpy(copy, packet, sizeof packet);
            if (at < size)
                copy[at] = values[v];
            if (refresh(copy, at < size ? size : at - size, &truth, &once, &gone)) {
                ck_assert(refresh(once.data, once.size, &truth, &twice, &gone));
                ck_assert_str_eq(once.data, twice.data);
            }
            loom_strbuf_release(&once);
            loom_strbuf_release(&twice);
        }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("xmp");
    TCase *tests = tcase_create("xmp");

    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, attributes_are_set);
    tcase_add_test(tests, elements_are_set);
    tcase_add_test(tests, odd_elements_go);
    tcase_add_test(tests, prefixes_are_only_names);
    tcase_add_test(tests, nested_claims_go);
    tcase_add_test(tests, films_and_maps_that_are_gone_are_not_spoken_of);
    tcase_add_test(tests, samples_are_not_spoken_of);
    tcase_add_test(tests, sizes_in_any_namespace_go);
    tcase_add_test(tests, regions_are_those_of_the_output);
    tcase_add_test(tests, panoramas_are_scaled_or_go);
    tcase_add_test(tests, colours_are_srgb_once_they_are_converted);
    tcase_add_test(tests, the_place_goes_if_it_must);
    tcase_add_loop_test(tests, what_is_not_plain_xml_is_refused, 0, 37);
    tcase_add_test(tests, a_long_namespace_is_refused);
    tcase_add_test(tests, wide_characters_are_refused);
    tcase_add_test(tests, what_is_around_the_packet_is_no_fault);
    tcase_add_test(tests, large_packets_have_an_end);
    tcase_add_test(tests, any_bytes_do_no_harm);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
