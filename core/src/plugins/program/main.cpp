// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
// carma-plugin-worker: runs one plugin for the core (plugins/worker_client), which starts it as "carma-plugin-worker
// ADDRESS_BYTES" with a socket as standard input and the shared memory as descriptor 3. plugins/hosting/protocol.h has the frames.
#include "plugins/hosting/protocol.h"
#include "plugins/program/confine.h"
#include "process/bounds.h"
#include "process/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <new>
#include <thread>

namespace {

using namespace carma;
using namespace carma::plugins;

/// What the core sent of a batch, at the start of memory that nothing follows: writing beyond its end is a fault.
ByteSpan mapRegion()
{
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    void* const room = ::mmap(nullptr, kPluginBatchBytes + page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (room == MAP_FAILED) {
        return {};
    }
    void* const region = ::mmap(room, kPluginBatchBytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, process::kInheritedDescriptor, 0);
    return region == MAP_FAILED ? ByteSpan() : ByteSpan{static_cast<std::byte*>(region), kPluginBatchBytes};
}

/// Where a plugin that reads or prints does not meet the socket.
constexpr int kSocket = process::kInheritedDescriptor + 1;

bool takeSocket()
{
    if (::dup2(STDIN_FILENO, kSocket) != kSocket) {
        return false;
    }
    const int nothing = ::open("/dev/null", O_RDWR);
    return nothing >= 0 && ::dup2(nothing, STDIN_FILENO) >= 0 && ::dup2(nothing, STDOUT_FILENO) >= 0;
}

/// Ends this process when the core hangs up, whatever the plugin is doing.
void watch(int socket)
{
    pollfd one{socket, POLLRDHUP, 0};
    while (::poll(&one, 1, -1) < 0 && errno == EINTR) {
    }
    std::_Exit(0);
}

/// The next batch of a caller who has many comes within some microseconds, sooner than a process that sleeps is woken. Others come when
/// they come: then this ends, and reading sleeps.
void awaitSoon(int socket)
{
    using Clock = std::chrono::steady_clock;
    constexpr auto kSoon = std::chrono::microseconds(200);
    pollfd one{socket, POLLIN, 0};
    for (const auto end = Clock::now() + kSoon; ::poll(&one, 1, 0) == 0 && Clock::now() < end;) {
        std::this_thread::yield();
    }
}

class Worker {
public:
    Worker(int socket, ByteSpan region) : m_socket(socket), m_region(region) {}

    /// Answers one request; false at the end of the input.
    bool serve()
    {
        std::array<std::byte, kFrameHeadBytes> bytes{};
        awaitSoon(m_socket);
        if (!process::readAll(m_socket, bytes)) {
            return false;
        }
        const FrameHead head = parseHead(bytes);
        Bytes payload(head.bytes);
        if (!process::readAll(m_socket, payload)) {
            return false;
        }
        switch (head.kind) {
        case FrameKind::Open: return answer(open(payload));
        case FrameKind::Embed: return answer(embed(payload));
        case FrameKind::Reconstruct: return answer(reconstruct(payload));
        default: return false;
        }
    }

private:
    bool send(FrameKind kind, ByteView payload)
    {
        const std::lock_guard guard(m_sending);
        return process::writeAll(m_socket, frame(kind, payload));
    }

    bool answer(const Result<Bytes>& result)
    {
        if (result.has_value()) {
            return send(FrameKind::Done, *result);
        }
        Bytes failure;
        ByteWriter writer(failure);
        writer.number(static_cast<std::uint8_t>(result.error().code));
        writer.raw(asBytes(result.error().message));
        return send(FrameKind::Failed, failure);
    }

    HostServices::Callbacks callbacks()
    {
        return {.log =
                    [this](std::int32_t level, std::string_view line) {
                        Bytes payload;
                        ByteWriter writer(payload);
                        writer.number(level);
                        writer.raw(asBytes(line));
                        send(FrameKind::Log, payload);
                    },
            .cancelled = {}};
    }

    Result<Bytes> open(ByteView payload)
    {
        CARMA_TRY_ASSIGN(OpenRequest request, decodeOpen(payload));
        CARMA_TRY_ASSIGN(const carma_plugin* const plugin, loadPlugin(request.library));
        if (request.library.kind == CARMA_KIND_EMBEDDER) {
            CARMA_TRY_ASSIGN(m_embedder, EmbedderInstance::open(*plugin, std::move(request.settings), callbacks()));
            return encodeFacts(m_embedder->facts());
        }
        CARMA_TRY_ASSIGN(m_reconstructor, ReconstructorInstance::open(*plugin, std::move(request.settings), callbacks()));
        return Bytes{};
    }

    /// The core is trusted to describe its own memory; what it says is checked all the same, because a wrong offset would look like
    /// a plugin's fault.
    Result<Bytes> embed(ByteView payload)
    {
        ByteReader reader(payload);
        const auto first = reader.number<std::uint32_t>();
        const auto count = reader.number<std::uint32_t>();
        const auto at = reader.number<std::uint64_t>();
        const auto bytes = reader.number<std::uint64_t>();
        const Error malformed{ErrorCode::Internal, "was given a malformed batch"};
        if (!reader.atEnd() || m_embedder == nullptr || at > m_region.size() || bytes > m_region.size() - at ||
            at % kVectorAlignment != 0 || (std::uint64_t{first} + count) * kTextEntryBytes > m_region.size()) {
            return malformed;
        }
        ByteReader entries(m_region.subspan(first * kTextEntryBytes, count * kTextEntryBytes));
        m_texts.clear();
        for (std::uint32_t i = 0; i < count; ++i) {
            const auto offset = entries.number<std::uint64_t>();
            const auto length = entries.number<std::uint64_t>();
            if (offset > m_region.size() || length > m_region.size() - offset) {
                return malformed;
            }
            m_texts.push_back({reinterpret_cast<const char*>(m_region.data()) + offset, length});
        }
        const auto room = bytes / sizeof(float);
        if (room < std::uint64_t{count} * m_embedder->facts().dimension) {
            return malformed;
        }
        CARMA_TRY(m_embedder->embed(m_texts, {reinterpret_cast<float*>(m_region.data() + at), room}));
        return Bytes{};
    }

    Result<Bytes> reconstruct(ByteView payload)
    {
        CARMA_TRY_ASSIGN(const Gap gap, decodeGap(payload));
        if (m_reconstructor == nullptr) {
            return Error{ErrorCode::Internal, "was asked before it was opened"};
        }
        const auto texts = [](const std::vector<std::string>& side) {
            std::vector<carma_text> views;
            for (const std::string& text : side) {
                views.push_back({text.data(), text.size()});
            }
            return views;
        };
        CARMA_TRY_ASSIGN(const Hypothesis found, m_reconstructor->reconstruct(texts(gap.before), texts(gap.after), gap.bytes));
        return encodeHypothesis(found);
    }

    const int m_socket;
    const ByteSpan m_region;
    std::mutex m_sending;
    std::unique_ptr<EmbedderInstance> m_embedder;
    std::unique_ptr<ReconstructorInstance> m_reconstructor;
    std::vector<carma_text> m_texts;
};

} // namespace

int main(int count, char** arguments)
{
    if (count != 2) {
        return 2;
    }
    // Not thrown: C libraries are on the stack that the exception would travel through.
    std::set_new_handler([] { std::_Exit(kWorkerOutOfMemory); });
    if (!takeSocket()) {
        return 2;
    }
    confine(std::strtoull(arguments[1], nullptr, 10));
    const ByteSpan region = mapRegion();
    if (region.empty()) {
        return 2;
    }
    std::thread(watch, kSocket).detach();
    Worker worker(kSocket, region);
    while (worker.serve()) {
    }
    std::_Exit(0);
}
