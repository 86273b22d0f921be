// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
// carma-parse: reads files that nobody vouches for from standard input and writes what is in them to standard output, in
// the frames of ingest/extracted.h. Started by the core (ingest/parser_process) as "carma-parse ADDRESS_BYTES CPU_MS".
#include "base/byte_io.h"
#include "ingest/extract/extract.h"
#include "ingest/program/confine.h"
#include "process/bounds.h"

#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <exception>
#include <new>

namespace {

using namespace carma;
using namespace carma::ingest;

constexpr std::uint64_t kFileBytesMax = 1ULL << 31U;

/// Computing time for one file, in user and system mode; the signal ends the program.
void allowTime(long milliseconds)
{
    itimerval time{};
    time.it_value.tv_sec = milliseconds / 1000;
    time.it_value.tv_usec = milliseconds % 1000 * 1000;
    ::setitimer(ITIMER_PROF, &time, nullptr);
}

Result<Extracted> parse(const ParserInput& input)
{
    try {
        return extractFile(input);
    } catch (const std::exception&) {
        return {ErrorCode::InvalidArgument, "is malformed: its parser gave up"};
    }
}

/// Answers one request; false at the end of the input.
bool serve(long cpuMs)
{
    std::array<std::byte, kFrameHeadBytes> head{};
    if (!process::readAll(STDIN_FILENO, head)) {
        return false;
    }
    ByteReader reader(head);
    const auto magic = reader.number<std::uint32_t>();
    const auto nameBytes = reader.number<std::uint32_t>();
    const auto fileBytes = reader.number<std::uint64_t>();
    if (magic != kParserMagic || nameBytes > kParserNameBytesMax || fileBytes > kFileBytesMax) {
        return false;
    }
    std::string name(nameBytes, '\0');
    Bytes file(fileBytes);
    if (!process::readAll(STDIN_FILENO, {reinterpret_cast<std::byte*>(name.data()), name.size()}) ||
        !process::readAll(STDIN_FILENO, file)) {
        return false;
    }
    allowTime(cpuMs);
    const auto found = parse({name, file});
    const Bytes payload = found.has_value() ? encodeExtracted(*found) : toBytes(found.error().message);
    allowTime(0);
    Bytes answer;
    ByteWriter writer(answer);
    writer.number(kParserMagic);
    writer.number(found.has_value() ? std::uint32_t{0} : static_cast<std::uint32_t>(found.error().code) + 1);
    writer.number(static_cast<std::uint64_t>(payload.size()));
    return process::writeAll(STDOUT_FILENO, answer) && process::writeAll(STDOUT_FILENO, payload);
}

} // namespace

int main(int count, char** arguments)
{
    if (count != 3) {
        return 2;
    }
    // Not thrown: C libraries are on the stack that the exception would travel through.
    std::set_new_handler([] { std::_Exit(kParserOutOfMemory); });
    confine(std::strtoull(arguments[1], nullptr, 10));
    const long cpuMs = std::strtol(arguments[2], nullptr, 10);
    while (serve(cpuMs)) {
    }
    std::_Exit(0);
}
