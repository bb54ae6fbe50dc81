/* "Sohoa Practice TWAIN": a data source with a feeder and two sides, whose mishaps are ordered in the environment.
 *
 * All are read when the source is opened, numbers in decimal:
 *   SOHOA_TWAIN_SHEETS       sheets in the tray (3)
 *   SOHOA_TWAIN_FAULT        condition code to fail with, at SOHOA_TWAIN_STEP ("open", "enable", "info" or the default
 *                            "transfer"), from side SOHOA_TWAIN_AT (1) on
 *   SOHOA_TWAIN_CRASH        side at which it writes to memory that is not its own
 *   SOHOA_TWAIN_ENDS         side at which it ends its process
 *   SOHOA_TWAIN_HANG         side at which it never returns
 *   SOHOA_TWAIN_DELAY        milliseconds a side takes
 *   SOHOA_TWAIN_UNCOUNTED    1: it never knows how many sides are still to come
 *   SOHOA_TWAIN_AHEAD        sides that it takes in before they are asked for
 *   SOHOA_TWAIN_RANGE        1: resolutions as a range, not as a list
 *   SOHOA_TWAIN_FIRST        1: a source of the first generation, as most vendors' are
 *   SOHOA_TWAIN_HAS          letters of what it has: g glass, f feeder, d duplex ("gfd"), l list of capabilities
 *   SOHOA_TWAIN_CLOSES       1: it asks to be closed where the first side should be ready
 *   SOHOA_TWAIN_SILENT       1: it never says that a side is ready
 *   SOHOA_TWAIN_TOGETHER     side at which two sheets come at once; told only where CAP_DOUBLEFEEDDETECTION looks for it
 *   SOHOA_TWAIN_CUT          side whose picture is half as long as its header says
 */
#include "twain.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME "Sohoa Practice TWAIN"
#define UNKNOWN 0xffff

static const double resolutions[] = {50, 75, 100, 150, 200, 300, 600};
#define RESOLUTIONS (sizeof resolutions / sizeof resolutions[0])
static const double reach_width = 8.5, reach_height = 14.0;

static struct {
    int sheets, fault, fault_at, crash, ends, hang, delay, uncounted, ahead, range, first, closes, silent, cut, together;
    char step[16], has[8];
} plan;

static struct {
    int opened, enabled, feeder, duplex, pixel, mechanism, autoscan, indicators, brightness, count;
    int done, taken, limit;
    double dpi, width, height;
    uint16_t condition, event;
    char file[256], printed[STR255_BYTES], halftone[STR32_BYTES];
    uint16_t detection[2];
    uint32_t detections;
    Identity self, application;
    EntryPoint manager;
} now;

/* --- what was ordered ------------------------------------------------------------------------------------------ */

static int number(const char *name, int usual) {
    char text[16];
    return GetEnvironmentVariableA(name, text, sizeof text) ? atoi(text) : usual;
}

static void text(const char *name, const char *usual, char *out, DWORD size) {
    if (!GetEnvironmentVariableA(name, out, size)) strcpy(out, usual);
}

static void read_plan(void) {
    plan.sheets = number("SOHOA_TWAIN_SHEETS", 3);
    plan.fault = number("SOHOA_TWAIN_FAULT", 0);
    plan.fault_at = number("SOHOA_TWAIN_AT", 1);
    plan.crash = number("SOHOA_TWAIN_CRASH", 0);
    plan.ends = number("SOHOA_TWAIN_ENDS", 0);
    plan.hang = number("SOHOA_TWAIN_HANG", 0);
    plan.delay = number("SOHOA_TWAIN_DELAY", 0);
    plan.uncounted = number("SOHOA_TWAIN_UNCOUNTED", 0);
    plan.ahead = number("SOHOA_TWAIN_AHEAD", 0);
    plan.range = number("SOHOA_TWAIN_RANGE", 0);
    plan.closes = number("SOHOA_TWAIN_CLOSES", 0);
    plan.silent = number("SOHOA_TWAIN_SILENT", 0);
    plan.cut = number("SOHOA_TWAIN_CUT", 0);
    plan.together = number("SOHOA_TWAIN_TOGETHER", 0);
    text("SOHOA_TWAIN_STEP", "transfer", plan.step, sizeof plan.step);
    text("SOHOA_TWAIN_HAS", "gfd", plan.has, sizeof plan.has);
}

static int has(char what) { return strchr(plan.has, what) != NULL; }

static uint16_t fail(uint16_t condition) {
    now.condition = condition;
    return RC_FAILURE;
}

static int strikes(const char *step) {
    return plan.fault && !strcmp(plan.step, step) && now.done + 1 >= plan.fault_at;
}

/* --- memory, in the way of the generation ---------------------------------------------------------------------- */

static HANDLE allocate(size_t size) {
    return now.manager.allocate ? now.manager.allocate((uint32_t)size) : GlobalAlloc(GHND, size);
}
static void *lock(HANDLE handle) { return now.manager.lock ? now.manager.lock(handle) : GlobalLock(handle); }
static void unlock(HANDLE handle) {
    if (now.manager.unlock) now.manager.unlock(handle);
    else GlobalUnlock(handle);
}

/* --- capabilities ---------------------------------------------------------------------------------------------- */

static Fix32 fix32(double value) {
    int32_t units = (int32_t)(value * 65536.0 + 0.5);
    return (Fix32){(int16_t)(units >> 16), (uint16_t)(units & 0xffff)};
}
static double value_of(Fix32 fixed) { return fixed.whole + fixed.fraction / 65536.0; }
static uint32_t bits_of(Fix32 fixed) {
    uint32_t bits;
    memcpy(&bits, &fixed, sizeof bits);
    return bits;
}

static uint16_t give_one(Capability *to, uint16_t type, uint32_t item) {
    to->container = HOLDS_ONE;
    to->values = allocate(sizeof(OneValue));
    OneValue *one = lock(to->values);
    *one = (OneValue){type, item};
    unlock(to->values);
    return RC_SUCCESS;
}

static uint16_t give_words(Capability *to, const uint16_t *words, uint32_t count, uint32_t current) {
    to->container = HOLDS_ENUMERATION;
    to->values = allocate(sizeof(Enumeration) + 2 * count);
    Enumeration *list = lock(to->values);
    *list = (Enumeration){TYPE_UINT16, count, current, 0};
    memcpy(list + 1, words, 2 * count);
    unlock(to->values);
    return RC_SUCCESS;
}

static uint16_t give_resolutions(Capability *to) {
    if (plan.range) {
        to->container = HOLDS_RANGE;
        to->values = allocate(sizeof(Range));
        Range *range = lock(to->values);
        *range = (Range){TYPE_FIX32, bits_of(fix32(50)), bits_of(fix32(600)), bits_of(fix32(1)), bits_of(fix32(100)),
                         bits_of(fix32(now.dpi))};
    } else {
        to->container = HOLDS_ENUMERATION;
        to->values = allocate(sizeof(Enumeration) + sizeof(Fix32) * RESOLUTIONS);
        Enumeration *list = lock(to->values);
        *list = (Enumeration){TYPE_FIX32, RESOLUTIONS, 0, 0};
        Fix32 *items = (Fix32 *)(list + 1);
        for (uint32_t i = 0; i < RESOLUTIONS; i++) {
            items[i] = fix32(resolutions[i]);
            if (resolutions[i] == now.dpi) list->current = i;
        }
    }
    unlock(to->values);
    return RC_SUCCESS;
}

static uint16_t give_array(Capability *to, const uint16_t *words, uint32_t count) {
    to->container = HOLDS_ARRAY;
    to->values = allocate(sizeof(Array) + 2 * count);
    Array *list = lock(to->values);
    *list = (Array){TYPE_UINT16, count};
    memcpy(list + 1, words, 2 * count);
    unlock(to->values);
    return RC_SUCCESS;
}

static uint16_t give_supported(Capability *to) {
    static const uint16_t caps[] = {CAP_XFERCOUNT, ICAP_PIXELTYPE, ICAP_UNITS, ICAP_XFERMECH, CAP_SUPPORTEDCAPS, CAP_FEEDERENABLED,
                                    CAP_DUPLEXENABLED, ICAP_BRIGHTNESS, ICAP_XRESOLUTION, ICAP_YRESOLUTION};
    return give_array(to, caps, sizeof caps / sizeof *caps);
}

static uint16_t give_text(Capability *to, const char *text) {
    to->container = HOLDS_ONE;
    to->values = allocate(sizeof(uint16_t) + STR255_BYTES);
    uint16_t *one = lock(to->values);
    *one = TYPE_STR255;
    strcpy((char *)(one + 1), text);
    unlock(to->values);
    return RC_SUCCESS;
}

static const char *const halftones[] = {"None", "Bayer 8x8", "Error diffusion"};
#define HALFTONES (sizeof halftones / sizeof halftones[0])

static uint16_t give_halftones(Capability *to) {
    to->container = HOLDS_ENUMERATION;
    to->values = allocate(sizeof(Enumeration) + HALFTONES * STR32_BYTES);
    Enumeration *list = lock(to->values);
    *list = (Enumeration){TYPE_STR32, HALFTONES, 0, 0};
    for (uint32_t i = 0; i < HALFTONES; i++) {
        strcpy((char *)(list + 1) + i * STR32_BYTES, halftones[i]);
        if (!strcmp(halftones[i], now.halftone)) list->current = i;
    }
    unlock(to->values);
    return RC_SUCCESS;
}

static int bits_per_pixel(void) { return now.pixel == PIXEL_RGB ? 24 : now.pixel == PIXEL_GRAY ? 8 : 1; }

static uint16_t get_capability(Capability *to, int all) {
    static const uint16_t pixels[] = {PIXEL_BW, PIXEL_GRAY, PIXEL_RGB}, mechanisms[] = {MECH_NATIVE, MECH_FILE};
    static const uint16_t detections[] = {0, 1};
    switch (to->cap) {
    case CAP_XFERCOUNT: return give_one(to, TYPE_INT16, (uint16_t)now.count);
    case CAP_SUPPORTEDCAPS: return has('l') ? give_supported(to) : fail(CC_CAPUNSUPPORTED);
    case CAP_FEEDERENABLED: return has('f') ? give_one(to, TYPE_BOOL, now.feeder) : fail(CC_CAPUNSUPPORTED);
    case CAP_FEEDERLOADED: return give_one(to, TYPE_BOOL, plan.sheets > 0);
    case CAP_AUTOFEED: return give_one(to, TYPE_BOOL, 1);
    case CAP_AUTOSCAN: return give_one(to, TYPE_BOOL, plan.ahead > 0);
    case CAP_INDICATORS: return give_one(to, TYPE_BOOL, now.indicators);
    case CAP_UICONTROLLABLE:
    case CAP_DEVICEONLINE: return give_one(to, TYPE_BOOL, 1);
    case CAP_DUPLEX: return has('d') ? give_one(to, TYPE_UINT16, DUPLEX_ONE_PASS) : fail(CC_CAPUNSUPPORTED);
    case CAP_DUPLEXENABLED: return has('d') ? give_one(to, TYPE_BOOL, now.duplex) : fail(CC_CAPUNSUPPORTED);
    case CAP_SERIALNUMBER: return give_text(to, "SN-0042");
    case CAP_PRINTERSTRING: return give_text(to, now.printed);
    case ICAP_HALFTONES: return give_halftones(to);
    case CAP_DOUBLEFEEDDETECTION: return all ? give_array(to, detections, 2) : give_array(to, now.detection, now.detections);
    case ICAP_PIXELTYPE: return all ? give_words(to, pixels, 3, now.pixel) : give_one(to, TYPE_UINT16, now.pixel);
    case ICAP_XFERMECH: return all ? give_words(to, mechanisms, 2, now.mechanism) : give_one(to, TYPE_UINT16, now.mechanism);
    case ICAP_BITDEPTH: return give_one(to, TYPE_UINT16, bits_per_pixel());
    case ICAP_IMAGEFILEFORMAT: return give_one(to, TYPE_UINT16, FORMAT_BMP);
    case ICAP_UNITS: return give_one(to, TYPE_UINT16, UNITS_INCHES);
    case ICAP_BRIGHTNESS: return give_one(to, TYPE_FIX32, bits_of(fix32(now.brightness)));
    case ICAP_PHYSICALWIDTH: return give_one(to, TYPE_FIX32, bits_of(fix32(reach_width)));
    case ICAP_PHYSICALHEIGHT: return give_one(to, TYPE_FIX32, bits_of(fix32(reach_height)));
    case ICAP_XRESOLUTION:
    case ICAP_YRESOLUTION: return all ? give_resolutions(to) : give_one(to, TYPE_FIX32, bits_of(fix32(now.dpi)));
    }
    return fail(CC_CAPUNSUPPORTED);
}

static uint16_t set_switch(int *what, uint16_t value, int allowed) {
    if (!allowed) return fail(CC_BADVALUE);
    *what = value != 0;
    return RC_SUCCESS;
}

static uint16_t set_resolution(double dpi) {
    int known = plan.range && dpi >= 50 && dpi <= 600;
    for (uint32_t i = 0; i < RESOLUTIONS && !plan.range; i++) known |= resolutions[i] == dpi;
    if (known) now.dpi = dpi;
    return known ? RC_SUCCESS : fail(CC_BADVALUE);
}

static uint16_t set_halftone(const char *wanted) {
    for (uint32_t i = 0; i < HALFTONES; i++)
        if (!strcmp(halftones[i], wanted)) {
            strcpy(now.halftone, wanted);
            return RC_SUCCESS;
        }
    return fail(CC_BADVALUE);
}

/* Only what the scanner has stays of the list, silently, as drivers do. */
static uint16_t set_detection(const Array *wanted) {
    const uint16_t *items = (const uint16_t *)(wanted + 1);
    now.detections = 0;
    for (uint32_t i = 0; i < wanted->count && now.detections < 2; i++)
        if (items[i] < 2) now.detection[now.detections++] = items[i];
    return now.detections == wanted->count ? RC_SUCCESS : RC_CHECKSTATUS;
}

static uint16_t set_text_or_list(Capability *from) {
    uint16_t *held = lock(from->values), result = fail(CC_BADVALUE);
    const char *text = (const char *)(held + 1);
    if (from->cap == CAP_DOUBLEFEEDDETECTION && from->container == HOLDS_ARRAY) {
        result = set_detection((const Array *)held);
    } else if (from->cap == CAP_PRINTERSTRING && *held == TYPE_STR255 && from->container == HOLDS_ONE) {
        strcpy(now.printed, text);
        result = RC_SUCCESS;
    } else if (from->cap == ICAP_HALFTONES && *held == TYPE_STR32 && from->container == HOLDS_ONE) {
        result = set_halftone(text);
    }
    unlock(from->values);
    return result;
}

static uint16_t set_capability(Capability *from) {
    if (from->cap == CAP_DOUBLEFEEDDETECTION || from->cap == CAP_PRINTERSTRING || from->cap == ICAP_HALFTONES)
        return set_text_or_list(from);
    if (from->container != HOLDS_ONE) return fail(CC_BADVALUE);
    uint32_t item = ((OneValue *)lock(from->values))->item;
    unlock(from->values);
    uint16_t word = (uint16_t)item;
    Fix32 fixed;
    memcpy(&fixed, &item, sizeof fixed);
    switch (from->cap) {
    case CAP_XFERCOUNT: now.count = (int16_t)word; return RC_SUCCESS;
    case CAP_FEEDERENABLED: return has('f') ? set_switch(&now.feeder, word, has(word ? 'f' : 'g')) : fail(CC_CAPUNSUPPORTED);
    case CAP_DUPLEXENABLED: return has('d') ? set_switch(&now.duplex, word, 1) : fail(CC_CAPUNSUPPORTED);
    case CAP_INDICATORS: return set_switch(&now.indicators, word, 1);
    case CAP_AUTOFEED: return RC_SUCCESS;
    case ICAP_PIXELTYPE: now.pixel = word; return word <= PIXEL_RGB ? RC_SUCCESS : fail(CC_BADVALUE);
    case ICAP_XFERMECH: now.mechanism = word; return word <= MECH_FILE ? RC_SUCCESS : fail(CC_BADVALUE);
    case ICAP_BITDEPTH: return word == bits_per_pixel() ? RC_SUCCESS : fail(CC_BADVALUE);
    case ICAP_IMAGEFILEFORMAT: return word == FORMAT_BMP ? RC_SUCCESS : fail(CC_BADVALUE);
    case ICAP_UNITS: return word == UNITS_INCHES ? RC_SUCCESS : fail(CC_BADVALUE);
    case ICAP_BRIGHTNESS: now.brightness = fixed.whole; return RC_SUCCESS;
    case ICAP_XRESOLUTION:
    case ICAP_YRESOLUTION: return set_resolution(value_of(fixed));
    }
    return fail(CC_CAPUNSUPPORTED);
}

/* --- the picture of a side: its number in black bars, a red field, white paper --------------------------------- */

static int pixels(double inches) { return (int)(inches * now.dpi + 0.5); }

static uint32_t colour_at(int side, int x, int y, int width, int height) {
    if (x < width / 10 && y < height / 10) return 0x000000;
    if (y >= height / 4 && y < height / 2) {
        int bar = x * 10 / width - 1;
        if (bar >= 0 && bar < 8 && (side >> bar) & 1) return 0x000000;
    }
    if (x >= width / 2 && y >= height * 3 / 4) return 0xc80000;
    return 0xffffff;
}

static void draw_line(uint8_t *line, int side, int y, int width, int height) {
    for (int x = 0; x < width; x++) {
        uint32_t colour = colour_at(side, x, y, width, height);
        uint8_t gray = colour == 0xc80000 ? 60 : (uint8_t)colour;
        if (now.pixel == PIXEL_RGB) {
            line[x * 3] = (uint8_t)colour;
            line[x * 3 + 1] = (uint8_t)(colour >> 8);
            line[x * 3 + 2] = (uint8_t)(colour >> 16);
        } else if (now.pixel == PIXEL_GRAY) {
            line[x] = gray;
        } else if (gray > 127) {
            line[x / 8] |= 0x80 >> (x & 7);
        }
    }
}

/* A bitmap without a file header; that its palette is whole goes without saying in the header (colours used: 0). */
static uint8_t *draw(int side, size_t *size, size_t *bits_at) {
    int width = pixels(now.width), height = pixels(now.height), depth = bits_per_pixel();
    int colours = depth == 24 ? 0 : 1 << depth, stride = (width * depth + 31) / 32 * 4;
    *bits_at = sizeof(BITMAPINFOHEADER) + colours * sizeof(RGBQUAD);
    *size = *bits_at + (size_t)stride * height;
    uint8_t *bitmap = calloc(1, *size);
    BITMAPINFOHEADER *header = (BITMAPINFOHEADER *)bitmap;
    header->biSize = sizeof *header;
    header->biWidth = width;
    header->biHeight = height;
    header->biPlanes = 1;
    header->biBitCount = (WORD)depth;
    RGBQUAD *palette = (RGBQUAD *)(header + 1);
    for (int i = 0; i < colours; i++) {
        BYTE level = (BYTE)(colours == 2 ? i * 255 : i);
        palette[i] = (RGBQUAD){level, level, level, 0};
    }
    for (int y = 0; y < height; y++) draw_line(bitmap + *bits_at + (size_t)(height - 1 - y) * stride, side, y, width, height);
    return bitmap;
}

/* --- the tray -------------------------------------------------------------------------------------------------- */

static int in_tray(void) {
    int sides = now.feeder ? plan.sheets * (now.duplex ? 2 : 1) : 1;
    return now.count > 0 && now.count < sides ? now.count : sides;
}

static void take_in(void) {
    int reach = now.done + 1 + plan.ahead;
    if (now.taken < reach) now.taken = reach < now.limit ? reach : now.limit;
}

static uint16_t left(void) {
    int sides = now.limit - now.done;
    return (uint16_t)(sides > 0 && plan.uncounted ? UNKNOWN : sides > 0 ? sides : 0);
}

/* What befalls the side that is asked for; 0 when nothing does. */
static uint16_t feed_side(void) {
    int side = now.done + 1;
    take_in();
    if (plan.delay) Sleep(plan.delay);
    if (plan.hang == side) Sleep(INFINITE);
    if (plan.ends == side) TerminateProcess(GetCurrentProcess(), 3);
    if (plan.crash == side) *(volatile int *)NULL = 1;
    if (plan.together == side && now.detections) return CC_DOUBLEFEED;
    if (strikes("transfer")) return (uint16_t)plan.fault;
    return now.done >= now.limit ? CC_NOMEDIA : 0;
}

static uint16_t give_native(HANDLE *to) {
    uint16_t trouble = feed_side();
    if (trouble) return fail(trouble);
    size_t size, bits_at;
    uint8_t *bitmap = draw(now.done + 1, &size, &bits_at);
    if (plan.cut == now.done + 1) size = bits_at + (size - bits_at) / 2;
    HANDLE handle = allocate(size);
    memcpy(lock(handle), bitmap, size);
    unlock(handle);
    free(bitmap);
    *to = handle;
    return RC_XFERDONE;
}

static uint16_t give_file(void) {
    uint16_t trouble = feed_side();
    if (trouble) return fail(trouble);
    FILE *out = fopen(now.file, "wb");
    if (!out) return fail(CC_FILEWRITEERROR);
    size_t size, bits_at;
    uint8_t *bitmap = draw(now.done + 1, &size, &bits_at);
    BITMAPFILEHEADER header = {0x4d42, (DWORD)(sizeof header + size), 0, 0, (DWORD)(sizeof header + bits_at)};
    if (plan.cut == now.done + 1) size = bits_at + (size - bits_at) / 2;
    fwrite(&header, sizeof header, 1, out);
    fwrite(bitmap, size, 1, out);
    fclose(out);
    free(bitmap);
    return RC_XFERDONE;
}

/* --- states ---------------------------------------------------------------------------------------------------- */

static uint16_t identify(Identity *to) {
    uint32_t id = to->id;
    plan.first = number("SOHOA_TWAIN_FIRST", 0);
    memset(to, 0, sizeof *to);
    to->id = id;
    to->version.major = 1;
    strcpy(to->version.info, "for tests");
    to->protocol_major = plan.first ? 1 : 2;
    to->protocol_minor = plan.first ? 9 : 4;
    to->groups = DG_CONTROL | DG_IMAGE | (plan.first ? 0 : GROUP_SOURCE2);
    strcpy(to->manufacturer, "Sohoa");
    strcpy(to->family, "Practice");
    strcpy(to->product, NAME);
    return RC_SUCCESS;
}

static uint16_t open_source(Identity *application, Identity *self) {
    if (now.opened) return fail(CC_MAXCONNECTIONS);
    EntryPoint manager = now.manager;
    memset(&now, 0, sizeof now);
    read_plan();
    if (!plan.first) now.manager = manager;
    if (strikes("open")) return fail((uint16_t)plan.fault);
    now.opened = now.indicators = 1;
    now.feeder = has('f') && !has('g');
    now.pixel = PIXEL_GRAY;
    now.count = -1;
    strcpy(now.halftone, halftones[0]);
    now.dpi = 100;
    now.width = 8.27;
    now.height = 11.69;
    now.application = *application;
    now.self = *self;
    return RC_SUCCESS;
}

static uint16_t enable(Interface *window) {
    if (now.enabled) return fail(CC_SEQERROR);
    if (!IsWindow(window->parent)) return fail(CC_BADVALUE);
    now.done = now.taken = 0;
    now.limit = in_tray();
    if (strikes("enable")) return fail((uint16_t)plan.fault);
    if (!now.limit) return fail(CC_NOMEDIA);
    now.enabled = 1;
    if (plan.silent) return RC_SUCCESS;
    now.event = plan.closes ? MSG_CLOSEDSREQ : MSG_XFERREADY;
    if (now.manager.entry) {
        now.manager.entry(&now.self, &now.application, DG_CONTROL, DAT_NULL, now.event, NULL);
        now.event = MSG_NULL;
    } else {
        PostThreadMessageA(GetCurrentThreadId(), WM_NULL, 0, 0);
    }
    return RC_SUCCESS;
}

static uint16_t hand_event(Event *to) {
    to->event = now.event;
    now.event = MSG_NULL;
    return to->event ? RC_DSEVENT : RC_NOTDSEVENT;
}

static uint16_t pending(uint16_t message, Pending *to) {
    if (message == MSG_ENDXFER) now.done++;
    else if (message == MSG_RESET) now.limit = now.done;
    else if (message == MSG_STOPFEEDER) now.limit = now.taken;
    else if (message != MSG_GET) return fail(CC_BADPROTOCOL);
    to->count = left();
    return RC_SUCCESS;
}

static uint16_t layout(uint16_t message, Layout *to) {
    uint16_t result = RC_SUCCESS;
    if (message == MSG_SET) {
        double width = value_of(to->frame.right), height = value_of(to->frame.bottom);
        if (width > reach_width || height > reach_height) result = RC_CHECKSTATUS;
        now.width = width < reach_width ? width : reach_width;
        now.height = height < reach_height ? height : reach_height;
    }
    to->frame = (Frame){fix32(0), fix32(0), fix32(now.width), fix32(now.height)};
    to->document = to->number = 1;
    to->page = now.done + 1;
    return result;
}

static uint16_t describe(ImageInfo *to) {
    if (strikes("info")) return fail((uint16_t)plan.fault);
    memset(to, 0, sizeof *to);
    to->x_resolution = to->y_resolution = fix32(now.dpi);
    to->width = pixels(now.width);
    to->length = pixels(now.height);
    to->samples = now.pixel == PIXEL_RGB ? 3 : 1;
    for (int i = 0; i < to->samples; i++) to->bits_per_sample[i] = now.pixel == PIXEL_BW ? 1 : 8;
    to->bits_per_pixel = (int16_t)bits_per_pixel();
    to->pixel_type = (int16_t)now.pixel;
    return RC_SUCCESS;
}

static uint16_t control(Identity *application, uint16_t what, uint16_t message, void *data) {
    switch (what) {
    case DAT_IDENTITY:
        if (message == MSG_GET) return identify(data);
        if (message == MSG_OPENDS) return open_source(application, data);
        if (message == MSG_CLOSEDS) now.opened = now.enabled = 0;
        return RC_SUCCESS;
    case DAT_ENTRYPOINT: now.manager = *(EntryPoint *)data; return RC_SUCCESS;
    case DAT_STATUS:
        *(Status *)data = (Status){now.condition, 0};
        now.condition = 0;
        return RC_SUCCESS;
    case DAT_CAPABILITY: return message == MSG_SET ? set_capability(data) : get_capability(data, message == MSG_GET);
    case DAT_USERINTERFACE:
        if (message == MSG_ENABLEDS) return enable(data);
        now.enabled = 0;
        return RC_SUCCESS;
    case DAT_EVENT: return hand_event(data);
    case DAT_PENDINGXFERS: return pending(message, data);
    case DAT_SETUPFILEXFER:
        if (message == MSG_SET) strcpy(now.file, ((FileTransfer *)data)->name);
        return RC_SUCCESS;
    }
    return fail(CC_BADPROTOCOL);
}

uint16_t WINAPI DS_Entry(Identity *application, uint32_t group, uint16_t what, uint16_t message, void *data) {
    if (group == DG_CONTROL) return control(application, what, message, data);
    switch (what) {
    case DAT_IMAGEINFO: return describe(data);
    case DAT_IMAGELAYOUT: return layout(message, data);
    case DAT_IMAGENATIVEXFER: return give_native(data);
    case DAT_IMAGEFILEXFER: return give_file();
    }
    return fail(CC_BADPROTOCOL);
}
