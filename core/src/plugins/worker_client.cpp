// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/worker_client.h"

#include "ingest/text_check.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <fstream>

namespace carma::plugins {

namespace {

constexpr std::size_t kMessageBytesMax = 1000;
constexpr int kLogsMax = 1000; // between two answers; more is a plugin that does nothing else

/// Memory of which neither side can change the size: a plugin that cut it off would make reading it a fault of ours. Negative if
/// the system has none.
int makeSharedMemory()
{
    const int memory = ::memfd_create("carma-plugin", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (memory < 0) {
        return -1;
    }
    if (::ftruncate(memory, static_cast<off_t>(kPluginBatchBytes)) != 0 ||
        ::fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
        ::close(memory);
        return -1;
    }
    return memory;
}

std::string memoryText(std::uint64_t bytes) { return std::to_string(bytes >> 20U) + " MiB"; }

Error endOf(int status, const PluginOptions& options)
{
    if (WIFSIGNALED(status)) {
        const int signal = WTERMSIG(status);
        const char* const name = ::sigabbrev_np(signal);
        return {ErrorCode::PluginFailed,
            signal == SIGKILL ? "had its process killed by the system, most likely for want of memory"
                              : "crashed (signal " + std::to_string(signal) + ", SIG" + (name == nullptr ? "?" : name) + ")"};
    }
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (code == kWorkerOutOfMemory) {
        return {ErrorCode::PluginFailed, "needs more memory than its process may have (" + memoryText(options.memoryBytes) + ")"};
    }
    return {ErrorCode::PluginFailed, "ended its process (status " + std::to_string(code) + ")"};
}

} // namespace

WorkerClient::WorkerClient(const PluginOptions& options, std::string plugin) : m_options(options), m_plugin(std::move(plugin)) {}

WorkerClient::~WorkerClient()
{
    if (m_child != nullptr) {
        m_child->end(false); // hanging up ends it
    }
    if (!m_region.empty()) {
        ::munmap(m_region.data(), m_region.size());
    }
}

Result<std::unique_ptr<WorkerClient>> WorkerClient::start(const PluginOptions& options, std::string plugin)
{
    const std::string program = options.workerProgram.empty() ? findPluginWorker() : options.workerProgram;
    if (program.empty()) {
        return {ErrorCode::PluginFailed, "is run by the program carma-plugin-worker, which is not installed beside this one"};
    }
    std::unique_ptr<WorkerClient> self(new WorkerClient(options, std::move(plugin)));
    const int memory = makeSharedMemory();
    void* const region = memory < 0 ? MAP_FAILED : ::mmap(nullptr, kPluginBatchBytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
    if (region != MAP_FAILED) {
        self->m_region = {static_cast<std::byte*>(region), kPluginBatchBytes};
        self->m_child = process::ChildProcess::start(
            {.program = program, .arguments = {std::to_string(options.memoryBytes)}, .inherited = memory});
    }
    if (memory >= 0) {
        ::close(memory);
    }
    if (self->m_child == nullptr) {
        return {ErrorCode::PluginFailed, "cannot be given a process: " + program + " does not start, or there is no memory left"};
    }
    self->m_alive = true;
    return self;
}

Result<Bytes> WorkerClient::ask(FrameKind kind, ByteView payload)
{
    CARMA_TRY(send(kind, payload));
    return receive();
}

Result<void> WorkerClient::send(FrameKind kind, ByteView payload)
{
    const process::Deadline deadline(m_options.timeoutMs, m_options.stop);
    Bytes sent = frame(kind, payload);
    const auto unsent = m_child->write(sent, deadline);
    if (kind == FrameKind::Open) {
        ::explicit_bzero(sent.data(), sent.size()); // a setting may be a secret
    }
    if (unsent) {
        return failed(*unsent);
    }
    return {};
}

Result<Bytes> WorkerClient::receive()
{
    const process::Deadline deadline(m_options.timeoutMs, m_options.stop);
    for (int logs = 0; logs <= kLogsMax; ++logs) {
        std::array<std::byte, kFrameHeadBytes> bytes{};
        if (const auto failure = m_child->read(bytes, deadline)) {
            return failed(*failure);
        }
        const FrameHead head = parseHead(bytes);
        Bytes answer(head.bytes);
        if (const auto failure = m_child->read(answer, deadline)) {
            return failed(*failure);
        }
        if (head.kind == FrameKind::Done) {
            return answer;
        }
        if (head.kind == FrameKind::Failed && !answer.empty()) {
            const auto code = std::to_integer<std::uint8_t>(answer.front());
            const std::string why = ingest::oneLine(asText(ByteView(answer).subspan(1)), kMessageBytesMax);
            const bool isKept = code == static_cast<std::uint8_t>(ErrorCode::Cancelled) || code == static_cast<std::uint8_t>(kWrongShape);
            return Error{isKept ? static_cast<ErrorCode>(code) : ErrorCode::PluginFailed, why};
        }
        if (head.kind != FrameKind::Log) {
            break;
        }
        report(answer);
    }
    giveUp();
    return Error{ErrorCode::PluginFailed, "answered with nonsense on its control channel"};
}

void WorkerClient::report(ByteView logPayload) const
{
    if (m_options.report && logPayload.size() > sizeof(std::int32_t)) {
        m_options.report(
            "plugin '" + m_plugin + "': " + ingest::oneLine(asText(logPayload.subspan(sizeof(std::int32_t))), kMessageBytesMax));
    }
}

void WorkerClient::giveUp()
{
    m_alive = false;
    m_child->end(true);
}

Error WorkerClient::failed(process::Failure failure)
{
    m_alive = false;
    const int status = m_child->end(failure != process::Failure::Gone);
    if (failure == process::Failure::Stopped) {
        return {ErrorCode::Cancelled, "was asked to stop"};
    }
    if (failure == process::Failure::Late) {
        return {ErrorCode::PluginFailed, "did not answer within " + std::to_string(m_options.timeoutMs) + " ms and was ended"};
    }
    return endOf(status, m_options);
}

std::uint64_t WorkerClient::residentBytes() const
{
    std::ifstream file("/proc/" + std::to_string(m_child->id()) + "/statm");
    std::uint64_t pages = 0;
    file >> pages >> pages;
    return file ? pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

} // namespace carma::plugins
