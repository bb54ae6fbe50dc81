/* The part of the TWAIN protocol that the practice data source speaks; numbers from the TWAIN specification 2.4. */
#ifndef SOHOA_TWAIN_H
#define SOHOA_TWAIN_H

#include <stdint.h>
#include <windows.h>

enum { DG_CONTROL = 1, DG_IMAGE = 2 };

enum {
    DAT_NULL = 0x0000, DAT_CAPABILITY = 0x0001, DAT_EVENT = 0x0002, DAT_IDENTITY = 0x0003, DAT_PENDINGXFERS = 0x0005,
    DAT_SETUPFILEXFER = 0x0007, DAT_STATUS = 0x0008, DAT_USERINTERFACE = 0x0009, DAT_IMAGEINFO = 0x0101,
    DAT_IMAGELAYOUT = 0x0102, DAT_IMAGENATIVEXFER = 0x0104, DAT_IMAGEFILEXFER = 0x0105, DAT_ENTRYPOINT = 0x0403
};

enum {
    MSG_NULL = 0x0000, MSG_GET = 0x0001, MSG_GETCURRENT = 0x0002, MSG_GETDEFAULT = 0x0003, MSG_SET = 0x0006,
    MSG_RESET = 0x0007, MSG_XFERREADY = 0x0101, MSG_CLOSEDSREQ = 0x0102, MSG_OPENDS = 0x0401, MSG_CLOSEDS = 0x0402,
    MSG_DISABLEDS = 0x0501, MSG_ENABLEDS = 0x0502, MSG_ENDXFER = 0x0701, MSG_STOPFEEDER = 0x0702
};

enum { RC_SUCCESS = 0, RC_FAILURE = 1, RC_CHECKSTATUS = 2, RC_DSEVENT = 4, RC_NOTDSEVENT = 5, RC_XFERDONE = 6 };

enum {
    CC_BADPROTOCOL = 9, CC_BADVALUE = 10, CC_SEQERROR = 11, CC_CAPUNSUPPORTED = 13, CC_CAPBADOPERATION = 14,
    CC_MAXCONNECTIONS = 4, CC_DOUBLEFEED = 21, CC_FILEWRITEERROR = 22, CC_NOMEDIA = 29
};

enum {
    CAP_SUPPORTEDCAPS = 0x1005,
    CAP_XFERCOUNT = 0x0001, ICAP_PIXELTYPE = 0x0101, ICAP_UNITS = 0x0102, ICAP_XFERMECH = 0x0103,
    CAP_FEEDERENABLED = 0x1002, CAP_FEEDERLOADED = 0x1003, CAP_AUTOFEED = 0x1007, CAP_INDICATORS = 0x100b,
    CAP_UICONTROLLABLE = 0x100e, CAP_DEVICEONLINE = 0x100f, CAP_AUTOSCAN = 0x1010, CAP_DUPLEX = 0x1012,
    CAP_DUPLEXENABLED = 0x1013, CAP_SERIALNUMBER = 0x1024, CAP_PRINTERSTRING = 0x102a, ICAP_HALFTONES = 0x1109,
    CAP_DOUBLEFEEDDETECTION = 0x103f, ICAP_BRIGHTNESS = 0x1101, ICAP_PHYSICALWIDTH = 0x1111, ICAP_PHYSICALHEIGHT = 0x1112,
    ICAP_IMAGEFILEFORMAT = 0x110c, ICAP_XRESOLUTION = 0x1118, ICAP_YRESOLUTION = 0x1119, ICAP_BITDEPTH = 0x112b
};

enum { TYPE_INT16 = 1, TYPE_UINT16 = 4, TYPE_BOOL = 6, TYPE_FIX32 = 7, TYPE_STR32 = 9, TYPE_STR255 = 12 };
enum { STR32_BYTES = 34, STR255_BYTES = 256 };
enum { HOLDS_ARRAY = 3, HOLDS_ONE = 5, HOLDS_ENUMERATION = 4, HOLDS_RANGE = 6 };
enum { PIXEL_BW = 0, PIXEL_GRAY = 1, PIXEL_RGB = 2 };
enum { MECH_NATIVE = 0, MECH_FILE = 1 };
enum { FORMAT_BMP = 2, UNITS_INCHES = 0, DUPLEX_ONE_PASS = 1 };

/* Set in SupportedGroups by an application, a manager and a source of the second generation. */
#define GROUP_SOURCE2 0x40000000u

#pragma pack(push, 2)
typedef struct { int16_t whole; uint16_t fraction; } Fix32;
typedef struct { Fix32 left, top, right, bottom; } Frame;
typedef struct { uint16_t major, minor, language, country; char info[34]; } Version;
typedef struct {
    uint32_t id;
    Version version;
    uint16_t protocol_major, protocol_minor;
    uint32_t groups;
    char manufacturer[34], family[34], product[34];
} Identity;
typedef struct { uint16_t cap, container; HANDLE values; } Capability;
typedef struct { uint16_t type; uint32_t item; } OneValue;
typedef struct { uint16_t type; uint32_t count, current, usual; } Enumeration;
typedef struct { uint16_t type; uint32_t count; } Array;
typedef struct { uint16_t type; uint32_t low, high, step, usual, current; } Range;
typedef struct { uint16_t condition, data; } Status;
typedef struct { uint16_t count; uint32_t end_of_job; } Pending;
typedef struct { uint16_t show, modal; HANDLE parent; } Interface;
typedef struct { void *message; uint16_t event; } Event;
typedef struct { char name[256]; uint16_t format; int16_t volume; } FileTransfer;
typedef struct { Frame frame; uint32_t document, page, number; } Layout;
typedef struct {
    Fix32 x_resolution, y_resolution;
    int32_t width, length;
    int16_t samples, bits_per_sample[8], bits_per_pixel;
    uint16_t planar;
    int16_t pixel_type;
    uint16_t compression;
} ImageInfo;
typedef uint16_t(WINAPI *EntryFunction)(Identity *, Identity *, uint32_t, uint16_t, uint16_t, void *);
typedef struct {
    uint32_t size;
    EntryFunction entry;
    HANDLE(WINAPI *allocate)(uint32_t);
    void(WINAPI *release)(HANDLE);
    void *(WINAPI *lock)(HANDLE);
    void(WINAPI *unlock)(HANDLE);
} EntryPoint;
#pragma pack(pop)

#endif
