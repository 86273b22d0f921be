// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "access/key_form.h"

#include <carma/assert.h>

#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

/// Looking for keys in bytes: the C library's search finds "carma_" at memory speed, and what follows is taken apart. A candidate that
/// has the form but fails the check is told as well: it may be a key that was mistyped or cut.
namespace carma {

namespace {

namespace fs = std::filesystem;
using access::kKeyBegin;
using access::kKeyFormMax;

constexpr std::size_t kPieceBytes = 1U << 20U;
constexpr std::size_t kUnreadMax = 1000;

bool isKeyChar(std::byte b)
{
    const auto c = static_cast<unsigned char>(b);
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// The size of what has the form of a key at the beginning of `bytes`; 0 for none. The secret may be cut down to a half.
std::size_t formSize(std::string_view text)
{
    constexpr std::string_view kMark = "_quantum_";
    constexpr std::size_t kHalfSecret = 24;
    constexpr std::size_t kSecretAndCheck = 49;
    const std::string_view stem = text.substr(0, kKeyFormMax);
    const std::size_t mark = stem.find(kMark);
    if (mark == std::string_view::npos || stem.find("_pi_") > mark) {
        return 0;
    }
    const std::size_t secretAt = mark + kMark.size();
    std::size_t size = secretAt;
    while (size < text.size() && size < secretAt + kSecretAndCheck && isKeyChar(static_cast<std::byte>(text[size])) && text[size] != '_') {
        ++size;
    }
    const bool stemSound = std::ranges::all_of(text.substr(0, mark), [](char c) { return isKeyChar(static_cast<std::byte>(c)); });
    return stemSound && size >= secretAt + kHalfSecret ? size : 0;
}

class OpenFile {
public:
    explicit OpenFile(const std::string& path) : m_file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)) {}
    ~OpenFile()
    {
        if (m_file >= 0) {
            ::close(m_file);
        }
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    [[nodiscard]] int get() const { return m_file; }

private:
    int m_file;
};

struct TreeScan {
    const std::function<void(const std::string&, const KeyFinding&)>& onFinding;
    const Task& task;
    KeyScanReport report;
    Bytes buffer{kPieceBytes};

    void unread(const std::string& path, const std::string& why)
    {
        if (report.unread.size() < kUnreadMax) {
            report.unread.push_back(path + " cannot be read: " + why);
        }
    }

    Result<void> scanFile(const std::string& path)
    {
        const OpenFile file(path);
        if (file.get() < 0) {
            unread(path, std::strerror(errno));
            return {};
        }
        (void)::posix_fadvise(file.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
        KeyScanner scanner([&](const KeyFinding& finding) {
            ++report.findings;
            onFinding(path, finding);
        });
        ++report.files;
        for (;;) {
            if (task.cancelled()) {
                return Error{ErrorCode::Cancelled, "the scan was stopped"};
            }
            const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
            if (got < 0) {
                unread(path, std::strerror(errno));
            }
            if (got <= 0) {
                scanner.finish();
                return {};
            }
            report.bytes += static_cast<std::uint64_t>(got);
            scanner.add(ByteView(buffer).first(static_cast<std::size_t>(got)));
            task.report({"scanning", report.bytes, 0, "bytes"});
        }
    }

    Result<void> scanFolder(const std::string& path)
    {
        std::error_code failure;
        fs::recursive_directory_iterator at(path, fs::directory_options::skip_permission_denied, failure);
        if (failure) {
            unread(path, failure.message());
            return {};
        }
        while (at != fs::recursive_directory_iterator()) {
            std::error_code ignored;
            if (at->symlink_status(ignored).type() == fs::file_type::regular) {
                CARMA_TRY(scanFile(at->path().string()));
            }
            at.increment(failure);
            if (failure) {
                unread(path, failure.message());
                break;
            }
        }
        return {};
    }
};

} // namespace

void KeyScanner::skip(ByteView bytes)
{
    m_offset += bytes.size();
    const void* const last = bytes.empty() ? nullptr : ::memrchr(bytes.data(), '\n', bytes.size());
    if (last == nullptr) {
        m_column += bytes.size();
        return;
    }
    m_line += static_cast<std::uint64_t>(std::ranges::count(bytes, std::byte{'\n'}));
    m_column = bytes.size() - static_cast<std::size_t>(static_cast<const std::byte*>(last) - bytes.data());
}

/// Looks at all beginnings of keys in the first `decided` bytes; keys may reach beyond them.
void KeyScanner::look(ByteView bytes, std::size_t decided)
{
    std::size_t placed = 0; // bytes that are counted in line and column; only findings need a place
    std::size_t at = 0;
    while (at < decided) {
        const std::size_t room = std::min(bytes.size(), decided + kKeyBegin.size() - 1) - at;
        const void* const found = ::memmem(bytes.data() + at, room, kKeyBegin.data(), kKeyBegin.size());
        if (found == nullptr) {
            break;
        }
        at = static_cast<std::size_t>(static_cast<const std::byte*>(found) - bytes.data());
        const std::string_view text = asText(bytes.subspan(at, std::min(bytes.size() - at, kKeyFormMax)));
        const std::size_t size = formSize(text);
        if (size == 0) {
            at += kKeyBegin.size();
            continue;
        }
        skip(bytes.subspan(placed, at - placed));
        placed = at;
        KeyFinding finding;
        finding.offset = m_offset;
        finding.line = m_line;
        finding.column = m_column;
        if (auto parts = parseKey(text.substr(0, size)); parts.has_value()) {
            finding.parts = *std::move(parts);
            finding.whole = true;
        }
        m_onFinding(finding);
        at += size;
    }
    skip(bytes.subspan(placed, decided - placed));
}

void KeyScanner::add(ByteView piece)
{
    if (!m_rest.empty()) {
        // The end of the last piece with the beginning of this one, so that a key on the border is seen whole.
        const std::size_t before = m_rest.size();
        const std::size_t taken = std::min(piece.size(), kKeyFormMax);
        Bytes joined = std::move(m_rest);
        joined.insert(joined.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(taken));
        const bool more = taken < piece.size();
        const std::size_t decided = more ? before : joined.size() - std::min(joined.size(), kKeyFormMax);
        look(joined, decided);
        if (!more) {
            m_rest.assign(joined.begin() + static_cast<std::ptrdiff_t>(decided), joined.end());
            return;
        }
        m_rest.clear();
    }
    const std::size_t decided = piece.size() - std::min(piece.size(), kKeyFormMax);
    look(piece, decided);
    m_rest.assign(piece.begin() + static_cast<std::ptrdiff_t>(decided), piece.end());
}

void KeyScanner::finish()
{
    const Bytes rest = std::move(m_rest);
    m_rest.clear();
    look(rest, rest.size());
    m_offset = 0;
    m_line = 1;
    m_column = 1;
}

Result<KeyScanReport> scanForKeys(
    const std::string& path, const std::function<void(const std::string&, const KeyFinding&)>& onFinding, const Task& task)
{
    std::error_code failure;
    const fs::file_status status = fs::status(path, failure);
    if (!fs::exists(status)) {
        return Error{ErrorCode::NotFound, "there is no file or folder " + path};
    }
    TreeScan scan{.onFinding = onFinding, .task = task, .report = {}};
    CARMA_TRY(fs::is_directory(status) ? scan.scanFolder(path) : scan.scanFile(path));
    return std::move(scan.report);
}

} // namespace carma
