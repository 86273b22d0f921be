// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/parser_process.h"

#include "base/byte_io.h"
#include "ingest/text_check.h"
#include "process/child_process.h"

#include <sys/wait.h>

#include <array>
#include <csignal>
#include <optional>
#include <utility>

namespace carma::ingest {

namespace {

using process::Failure;

constexpr std::size_t kMessageBytesMax = 1000;

Error unsound() { return {ErrorCode::Internal, "its parser answered with nonsense"}; }

/// Why the process is gone.
Error endOf(int status)
{
    if (WIFSIGNALED(status)) {
        switch (WTERMSIG(status)) {
        case SIGPROF:
        case SIGXCPU: return {ErrorCode::LimitExceeded, "takes its parser longer than the limit on computing time"};
        case SIGKILL: return {ErrorCode::LimitExceeded, "had its parser killed by the system, most likely for want of memory"};
        default: return {ErrorCode::InvalidArgument, "makes its parser crash (signal " + std::to_string(WTERMSIG(status)) + ")"};
        }
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == kParserOutOfMemory) {
        return {ErrorCode::LimitExceeded, "needs more memory than its parser may have"};
    }
    return {ErrorCode::Internal, "made its parser end with status " + std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : status)};
}

} // namespace

/// One running carma-parse.
class ParserPool::Process {
public:
    static std::unique_ptr<Process> start(const std::string& program, const ParserLimits& limits)
    {
        auto child = process::ChildProcess::start(
            {.program = program, .arguments = {std::to_string(limits.addressBytes), std::to_string(limits.cpuMs)}});
        return child ? std::make_unique<Process>(std::move(child)) : nullptr;
    }

    explicit Process(std::unique_ptr<process::ChildProcess> child) : m_child(std::move(child)) {}

    /// The answer; `usable` tells whether the process can be asked again.
    Result<Extracted> ask(const ParserInput& input, const ParserLimits& limits, bool& usable)
    {
        usable = false;
        const process::Deadline deadline(limits.wallMs, input.stop);
        const std::string_view name = input.name.substr(input.name.size() - std::min(input.name.size(), kParserNameBytesMax));
        Bytes head;
        ByteWriter writer(head);
        writer.number(kParserMagic);
        writer.number(static_cast<std::uint32_t>(name.size()));
        writer.number(static_cast<std::uint64_t>(input.bytes.size()));
        writer.raw(asBytes(name));
        std::array<std::byte, kFrameHeadBytes> answer{};
        std::optional<Failure> failure = m_child->write(head, deadline);
        failure = failure ? failure : m_child->write(input.bytes, deadline);
        failure = failure ? failure : m_child->read(answer, deadline);
        if (failure) {
            return failed(*failure);
        }
        ByteReader reader(answer);
        const auto magic = reader.number<std::uint32_t>();
        const auto code = reader.number<std::uint32_t>();
        const auto size = reader.number<std::uint64_t>();
        if (magic != kParserMagic || code > static_cast<std::uint32_t>(ErrorCode::Internal) + 1 ||
            size > (code == 0 ? kPayloadBytesMax : kMessageBytesMax)) {
            return unsound();
        }
        Bytes payload(size);
        if (failure = m_child->read(payload, deadline); failure) {
            return failed(*failure);
        }
        ++m_files;
        if (code == 0) {
            auto found = decodeExtracted(payload);
            usable = found.has_value() && m_files < kFilesMax;
            return found;
        }
        const std::string_view message = asText(payload);
        if (validUtf8Prefix(message) != message.size()) {
            return unsound();
        }
        usable = m_files < kFilesMax;
        return Error{static_cast<ErrorCode>(code - 1), oneLine(message, kMessageBytesMax)};
    }

private:
    Error failed(Failure failure)
    {
        const int status = m_child->end(failure != Failure::Gone);
        if (failure == Failure::Stopped) {
            return {ErrorCode::Cancelled, "was not read to its end"};
        }
        return failure == Failure::Late ? Error{ErrorCode::LimitExceeded, "takes its parser longer than the limit on time"} : endOf(status);
    }

    std::unique_ptr<process::ChildProcess> m_child;
    int m_files = 0;
};

std::string findParserProgram() { return process::findProgram("CARMA_PARSER", "carma-parse"); }

ParserPool::ParserPool(std::string program, const ParserLimits& limits) : m_program(std::move(program)), m_limits(limits) {}

ParserPool::~ParserPool() = default;

std::unique_ptr<ParserPool::Process> ParserPool::take()
{
    const std::lock_guard guard(m_mutex);
    if (m_idle.empty()) {
        return nullptr;
    }
    std::unique_ptr<Process> process = std::move(m_idle.back());
    m_idle.pop_back();
    return process;
}

Result<Extracted> ParserPool::extract(const ParserInput& input)
{
    if (m_program.empty()) {
        return {ErrorCode::Unsupported, "is read by the program carma-parse, which is not installed beside this one"};
    }
    std::unique_ptr<Process> process = take();
    process = process ? std::move(process) : Process::start(m_program, m_limits);
    if (!process) {
        return {ErrorCode::Unsupported, "is read by the program carma-parse, which cannot be started"};
    }
    bool usable = false;
    auto found = process->ask(input, m_limits, usable);
    if (usable) {
        const std::lock_guard guard(m_mutex);
        m_idle.push_back(std::move(process));
    }
    return found;
}

} // namespace carma::ingest
