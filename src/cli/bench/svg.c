/* The drawing that `imgloom bench` writes: speed-up by threads, with the ideal line. */
#include "cli/bench/bench.h"

#include <math.h>

enum { WIDTH = 640, HEIGHT = 440, LEFT = 60, RIGHT = 20, TOP = 40, BOTTOM = 56 };

typedef struct scale {
    double threads, speed_up; /* at the right edge, and at the top */
} scale;

static const char *const colours[BENCH_ISOLATIONS] = {"#1565c0", "#c62828", "#2e7d32"};

static double at_x(const scale *s, double threads)
{
    return (double)LEFT + threads / s->threads * (WIDTH - LEFT - RIGHT);
}

static double at_y(const scale *s, double speed_up)
{
    return HEIGHT - BOTTOM - speed_up / s->speed_up * (HEIGHT - TOP - BOTTOM);
}

/* The distance between two marks on an axis: about eight marks, at whole numbers. */
static double step_of(double max)
{
    double step = 1;

    while (max / step > 8)
        step *= 2;
    return step;
}

static void add_line(GString *svg, double x1, double y1, double x2, double y2, const char *style)
{
    g_string_append_printf(svg, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>\n", x1,
                           y1, x2, y2, style);
}

static void add_text(GString *svg, double x, double y, const char *style, const char *format, ...)
    LOOM_PRINTF(5, 6);

static void add_text(GString *svg, double x, double y, const char *style, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *plain = g_strdup_vprintf(format, args);
    char *text = g_markup_escape_text(plain, -1);
    va_end(args);
    g_string_append_printf(svg, "<text x=\"%.1f\" y=\"%.1f\" %s>%s</text>\n", x, y, style, text);
    g_free(text);
    g_free(plain);
}

static void add_axes(GString *svg, const scale *s)
{
    const double step_x = step_of(s->threads), step_y = step_of(s->speed_up);
    const char *grid = "stroke=\"#ddd\"", *axis = "stroke=\"#333\"";

    for (double n = step_x; n <= s->threads; n += step_x) {
        add_line(svg, at_x(s, n), at_y(s, 0), at_x(s, n), TOP, grid);
        add_text(svg, at_x(s, n), at_y(s, 0) + 18, "text-anchor=\"middle\"", "%.0f", n);
    }
    for (double n = step_y; n <= s->speed_up; n += step_y) {
        add_line(svg, LEFT, at_y(s, n), WIDTH - RIGHT, at_y(s, n), grid);
        add_text(svg, LEFT - 8, at_y(s, n) + 4, "text-anchor=\"end\"", "%.0f", n);
    }
    add_line(svg, LEFT, at_y(s, 0), WIDTH - RIGHT, at_y(s, 0), axis);
    add_line(svg, LEFT, at_y(s, 0), LEFT, TOP, axis);
    add_text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 16, "text-anchor=\"middle\"", "threads");
    add_text(svg, LEFT, TOP - 16, "text-anchor=\"start\" font-weight=\"bold\"",
             "Speed-up (median, lowest and highest)");
}

/* The mark of a setting, a whisker from its min to its max, and its figures as a title. */
static void add_setting(GString *svg, const bench *b, const scale *s, const bench_setting *setting,
                        const char *colour)
{
    const bench_spread spread = bench_over(b, setting, BENCH_SPEED_UP);
    const bench_spread rate = bench_over(b, setting, BENCH_RATE);
    const double x = at_x(s, setting->threads), y = at_y(s, spread.median);
    char *style = g_strdup_printf("stroke=\"%s\"", colour);

    add_line(svg, x, at_y(s, spread.low), x, at_y(s, spread.high), style);
    g_string_append_printf(svg,
                           "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"><title>%u threads, "
                           "%s: %.2f times, %.1f images/s</title></circle>\n",
                           x, y, colour, setting->threads, loom_isolate_name(setting->isolation),
                           spread.median, rate.median);
    g_free(style);
}

/* The settings of one isolation, joined by a line. */
static void add_curve(GString *svg, const bench *b, const scale *s, size_t isolation)
{
    const loom_isolate wanted = b->options.isolations[isolation];
    const char *colour = colours[isolation];

    g_string_append_printf(
        svg, "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"%s\" points=\"", colour);
    for (size_t i = 0; i < b->setting_count; i++)
        if (b->settings[i].isolation == wanted)
            g_string_append_printf(svg, "%.1f,%.1f ", at_x(s, b->settings[i].threads),
                                   at_y(s, bench_over(b, &b->settings[i], BENCH_SPEED_UP).median));
    g_string_append(svg, "\"/>\n");
    for (size_t i = 0; i < b->setting_count; i++)
        if (b->settings[i].isolation == wanted)
            add_setting(svg, b, s, &b->settings[i], colour);
    char *style = g_strdup_printf("fill=\"%s\"", colour);
    add_text(svg, LEFT + 12, TOP + 18 + 18 * (double)isolation, style, "--isolate %s",
             loom_isolate_name(wanted));
    g_free(style);
}

static scale find_scale(const bench *b)
{
    scale s = {1, 1};

    for (size_t i = 0; i < b->setting_count; i++) {
        const bench_setting *setting = &b->settings[i];
        const double ideal = (double)setting->threads / b->settings[setting->base].threads;
        s.threads = fmax(s.threads, setting->threads);
        s.speed_up = fmax(s.speed_up, fmax(ideal, bench_over(b, setting, BENCH_SPEED_UP).high));
    }
    s.threads *= 1.05;
    s.speed_up *= 1.05;
    return s;
}

char *bench_svg_text(const bench *b)
{
    const scale s = find_scale(b);
    const unsigned first = b->settings[0].threads, last = b->settings[b->setting_count - 1].threads;
    const double ideal = (double)last / first;
    GString *svg = g_string_new(NULL);

    g_string_append_printf(svg,
                           "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
                           "font-family=\"sans-serif\" font-size=\"13\" fill=\"#333\">\n"
                           "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n",
                           WIDTH, HEIGHT, WIDTH, HEIGHT);
    add_axes(svg, &s);
    add_line(svg, at_x(&s, first), at_y(&s, 1), at_x(&s, last), at_y(&s, ideal),
             "stroke=\"#999\" stroke-dasharray=\"6 4\"");
    add_text(svg, at_x(&s, last) - 8, at_y(&s, ideal) + 4, "text-anchor=\"end\" fill=\"#777\"",
             "ideal");
    for (size_t i = 0; i < b->options.isolation_count; i++)
        add_curve(svg, b, &s, i);
    g_string_append(svg, "</svg>\n");
    return g_string_free(svg, FALSE);
}
