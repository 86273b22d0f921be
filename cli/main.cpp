// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "printer.h"
#include "program.h"
#include "terminal.h"

#include <carma/allocator.h>
#include <carma/store.h>

#include <clocale>
#include <csignal>

int main(int argc, char** argv)
{
    using namespace carma::cli;
    if (argc < 1) {
        return static_cast<int>(ExitCode::Usage); // started without even a name
    }
    carma::keepLargeBuffers();
    openStandardFiles();
    forbidCoreDumps();
    std::setlocale(LC_CTYPE, "");
    std::signal(SIGPIPE, SIG_IGN); // a reader that goes away shows as EPIPE
    if (const auto sound = carma::selfTest(); !sound) {
        Printer printer({});
        printer.error("Internal", "the cryptography of this program does not work: " + sound.error().message, 1);
        return static_cast<int>(ExitCode::Failed);
    }
    return static_cast<int>(runProgram(argc, argv));
}
