/* sohoa-twain-worker.exe: starts the worker with the Python in this folder, whatever else is installed. */
#include <wchar.h>
__declspec(dllimport) int Py_Main(int, wchar_t **);
int wmain(int argc, wchar_t **argv) {
    wchar_t *own[] = {argv[0], L"-I", L"-m", L"drivers.twain_worker", NULL};
    (void)argc;
    return Py_Main(4, own);
}
