// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Real names win over links: everything is walked without following links first, then the links are looked at one after
// another. So a loop is simply a folder that was reached before, and a file appears under its own name however many
// links lead to it.
#include "ingest/file_walk.h"

#include "ingest/ignore_rules.h"
#include "ingest/text_check.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

namespace carma::ingest {

namespace {

using Inode = std::pair<dev_t, ino_t>;

Inode inodeOf(const struct stat& status) { return {status.st_dev, status.st_ino}; }

Error systemError(int number)
{
    const ErrorCode code = number == ENOENT || number == ENOTDIR ? ErrorCode::NotFound : ErrorCode::Io;
    return {code, std::error_code(number, std::generic_category()).message()};
}

/// Why a file of this kind is not read; empty for regular files and folders.
std::string_view kindReason(mode_t mode)
{
    return S_ISFIFO(mode)                ? "is a pipe"
        : S_ISSOCK(mode)                 ? "is a socket"
        : S_ISCHR(mode) || S_ISBLK(mode) ? "is a device"
        : S_ISREG(mode) || S_ISDIR(mode) ? ""
                                         : "is no regular file";
}

Error tooLarge(std::uint64_t bytesMax)
{
    const bool whole = bytesMax >= (1U << 20U) && bytesMax % (1U << 20U) == 0;
    return {ErrorCode::LimitExceeded,
        "is larger than " + (whole ? std::to_string(bytesMax >> 20U) + " MiB" : std::to_string(bytesMax) + " bytes")};
}

/// `name` with bytes that are no UTF-8 as "\xNN".
std::string escaped(std::string_view name)
{
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string text;
    while (!name.empty()) {
        const std::size_t valid = validUtf8Prefix(name);
        text += name.substr(0, valid);
        name.remove_prefix(valid);
        if (!name.empty()) {
            const auto byte = static_cast<std::uint8_t>(name.front());
            text += {'\\', 'x', kDigits[byte >> 4U], kDigits[byte & 15U]};
            name.remove_prefix(1);
        }
    }
    return text;
}

/// The path with links and dots resolved; empty if that fails.
std::string resolved(const std::string& path)
{
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
    return real ? std::string(real.get()) : std::string();
}

std::string lastPart(std::string_view path)
{
    const auto slash = path.rfind('/');
    return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

/// "notes.txt", 2 -> "notes-2.txt".
std::string numbered(const std::string& name, int number, bool isFile)
{
    const auto dot = isFile ? name.rfind('.') : std::string::npos;
    const std::size_t at = dot == std::string::npos || dot == 0 ? name.size() : dot;
    return name.substr(0, at) + "-" + std::to_string(number) + name.substr(at);
}

class Walker {
public:
    explicit Walker(const WalkOptions& options) : m_options(options)
    {
        struct stat status {};
        if (!options.avoid.empty() && ::stat(options.avoid.c_str(), &status) == 0) {
            m_avoid = inodeOf(status);
        }
    }

    Result<WalkResult> walk(const std::vector<std::string>& paths)
    {
        for (const std::string& path : paths) {
            root(path, paths.size() > 1);
        }
        for (std::size_t i = 0; i < m_links.size(); ++i) { // links may lead to folders with more links
            const Place link = m_links[i];
            follow(link);
        }
        if (!m_anyExists) {
            return {ErrorCode::NotFound, paths.empty() ? "no file or folder was named" : "nothing of what was named exists"};
        }
        std::sort(m_result.files.begin(), m_result.files.end(),
            [](const SourceFile& a, const SourceFile& b) { return std::tie(a.relative, a.path) < std::tie(b.relative, b.path); });
        return std::move(m_result);
    }

private:
    struct Place {
        std::string path;
        std::string relative;
    };

    void skip(const std::string& path, Error reason) { m_result.skipped.push_back({escaped(path), std::move(reason)}); }

    /// A file or folder that the user named.
    void root(const std::string& given, bool several)
    {
        std::string path = given;
        while (path.size() > 1 && path.back() == '/') {
            path.pop_back();
        }
        struct stat status {};
        if (::stat(path.c_str(), &status) != 0) {
            const int number = errno;
            m_anyExists = m_anyExists || (number != ENOENT && number != ENOTDIR);
            skip(given, systemError(number));
            return;
        }
        m_anyExists = true;
        const std::string real = resolved(path);
        const bool isFolder = S_ISDIR(status.st_mode);
        std::string label = lastPart(path);
        if (isFolder && (label.empty() || label == "." || label == "..")) {
            label = lastPart(real).empty() ? "root" : lastPart(real);
        }
        if (insideAvoid(real)) {
            skip(path, {ErrorCode::InvalidArgument, "is the store itself"});
            return;
        }
        const bool reached = isFolder ? m_folders.contains(inodeOf(status)) : m_files.contains(inodeOf(status));
        if (!reached && (several || !isFolder)) {
            label = unusedLabel(label, !isFolder);
        }
        visit({path, isFolder && !several ? std::string() : label}, status);
    }

    std::string unusedLabel(const std::string& label, bool isFile)
    {
        std::string unused = label;
        for (int number = 2; !m_labels.insert(unused).second; ++number) {
            unused = numbered(label, number, isFile);
        }
        return unused;
    }

    void visit(const Place& place, const struct stat& status)
    {
        if (validUtf8Prefix(place.path) != place.path.size()) {
            skip(place.path, {ErrorCode::InvalidArgument, "has a name that is not UTF-8"});
        } else if (S_ISDIR(status.st_mode)) {
            folder(place, status);
        } else if (const auto reason = kindReason(status.st_mode); !reason.empty()) {
            skip(place.path, {ErrorCode::InvalidArgument, std::string(reason)});
        } else {
            file(place, status);
        }
    }

    void file(const Place& place, const struct stat& status)
    {
        const auto [reached, isNew] = m_files.emplace(inodeOf(status), place.path);
        if (!isNew) {
            alreadyReached(place, reached->second, "file");
            return;
        }
        const auto size = static_cast<std::uint64_t>(status.st_size);
        if (size > m_options.fileBytesMax) {
            skip(place.path, tooLarge(m_options.fileBytesMax));
            return;
        }
        m_result.files.push_back({.path = place.path,
            .relative = place.relative,
            .size = size,
            .modifiedUs = status.st_mtim.tv_sec * 1'000'000 + status.st_mtim.tv_nsec / 1000});
    }

    /// Names what leads to the same thing as a name before. What was simply given twice is not worth a word.
    void alreadyReached(const Place& place, const std::string& before, std::string_view kind)
    {
        if (resolved(place.path) != resolved(before) || isLink(place.path)) {
            const std::string parent = resolved(place.path.substr(0, place.path.rfind('/') + 1));
            const bool back = kind == "folder" && (parent + "/").starts_with(resolved(before) + "/");
            skip(place.path,
                {ErrorCode::AlreadyExists, back ? "is a link back to " + before : "is the same " + std::string(kind) + " as " + before});
        }
    }

    static bool isLink(const std::string& path)
    {
        struct stat status {};
        return ::lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode);
    }

    void folder(const Place& place, const struct stat& status)
    {
        if (inodeOf(status) == m_avoid) {
            skip(place.path, {ErrorCode::InvalidArgument, "is the store itself"});
            return;
        }
        const auto [reached, isNew] = m_folders.emplace(inodeOf(status), place.path);
        if (!isNew) {
            alreadyReached(place, reached->second, "folder");
            return;
        }
        // The folder is closed before its own folders are entered, so that depth costs no file descriptors. Depth is
        // bounded by the system's longest path.
        m_result.folders.push_back(place.path);
        const std::size_t rulesBefore = m_rules.size();
        addRules(place);
        for (const std::string& name : namesIn(place.path)) {
            const std::string path = place.path + (place.path.ends_with('/') ? "" : "/") + name;
            const std::string relative = place.relative.empty() ? name : place.relative + "/" + name;
            struct stat entry {};
            if (::lstat(path.c_str(), &entry) != 0) {
                skip(path, systemError(errno));
            } else if (m_rules.ignores(relative, S_ISDIR(entry.st_mode))) {
                ++m_result.ignored;
            } else if (S_ISLNK(entry.st_mode)) {
                m_links.push_back({path, relative});
            } else {
                visit({path, relative}, entry);
            }
        }
        m_rules.truncate(rulesBefore);
    }

    void addRules(const Place& place)
    {
        for (const char* const name : {".gitignore", ".carmaignore"}) {
            constexpr std::uint64_t kIgnoreBytesMax = 1U << 20U;
            if (m_options.ignoreFiles) {
                const auto rules = readSource(
                    {.path = place.path + "/" + name, .relative = {}, .size = 0, .modifiedUs = 0}, kIgnoreBytesMax);
                if (rules.has_value()) {
                    m_rules.add(asText(*rules), place.relative);
                }
            }
        }
    }

    std::vector<std::string> namesIn(const std::string& path)
    {
        std::vector<std::string> names;
        const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        const std::unique_ptr<DIR, int (*)(DIR*)> stream(descriptor < 0 ? nullptr : ::fdopendir(descriptor), &::closedir);
        if (!stream) {
            const int number = errno;
            if (descriptor >= 0) {
                ::close(descriptor);
            }
            skip(path, systemError(number));
            return names;
        }
        for (errno = 0; const dirent* entry = ::readdir(stream.get()); errno = 0) {
            const std::string_view name = entry->d_name;
            if (name != "." && name != ".." && (m_options.hidden || !name.starts_with('.'))) {
                names.emplace_back(name);
            }
        }
        if (errno != 0) {
            skip(path, systemError(errno));
        }
        std::sort(names.begin(), names.end());
        return names;
    }

    void follow(const Place& link)
    {
        struct stat status {};
        if (::stat(link.path.c_str(), &status) != 0) {
            const int number = errno;
            skip(link.path, number == ENOENT ? Error{ErrorCode::NotFound, "is a link to nothing"} : systemError(number));
        } else if (insideAvoid(resolved(link.path))) {
            skip(link.path, {ErrorCode::InvalidArgument, "is the store itself"});
        } else {
            visit(link, status);
        }
    }

    /// Whether a resolved path is the folder to be avoided or lies in it.
    bool insideAvoid(std::string path) const
    {
        while (m_avoid && !path.empty()) {
            struct stat status {};
            if (::stat(path.c_str(), &status) == 0 && inodeOf(status) == m_avoid) {
                return true;
            }
            if (path == "/") {
                break;
            }
            path.resize(path.rfind('/'));
            path = path.empty() ? "/" : path;
        }
        return false;
    }

    const WalkOptions& m_options;
    std::optional<Inode> m_avoid;
    std::map<Inode, std::string> m_files; ///< the path by which each was reached first
    std::map<Inode, std::string> m_folders;
    std::set<std::string> m_labels; ///< what relative paths of the given paths begin with
    std::vector<Place> m_links;
    IgnoreRules m_rules; ///< of the folders that are being walked
    WalkResult m_result;
    bool m_anyExists = false;
};

class Descriptor {
public:
    explicit Descriptor(int descriptor) : m_descriptor(descriptor) {}
    ~Descriptor()
    {
        if (m_descriptor >= 0) {
            ::close(m_descriptor);
        }
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const { return m_descriptor; }

private:
    int m_descriptor;
};

} // namespace

Result<WalkResult> walkSources(const std::vector<std::string>& paths, const WalkOptions& options) { return Walker(options).walk(paths); }

Result<Bytes> readSource(const SourceFile& file, std::uint64_t fileBytesMax)
{
    // Without O_NONBLOCK a pipe that took the file's place would hold this call until someone writes.
    const Descriptor source(::open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (source.get() < 0) {
        if (errno == ENXIO) {
            return {ErrorCode::InvalidArgument, "is no regular file"}; // a socket
        }
        return systemError(errno);
    }
    struct stat status {};
    if (::fstat(source.get(), &status) != 0) {
        return systemError(errno);
    }
    if (!S_ISREG(status.st_mode)) {
        return {ErrorCode::InvalidArgument, S_ISDIR(status.st_mode) ? "is a folder" : std::string(kindReason(status.st_mode))};
    }
    if (static_cast<std::uint64_t>(status.st_size) > fileBytesMax) {
        return tooLarge(fileBytesMax);
    }
    Bytes bytes(static_cast<std::size_t>(status.st_size) + 1); // one more, so that the end is seen without growing
    std::size_t size = 0;
    while (true) {
        const ssize_t count = ::read(source.get(), bytes.data() + size, bytes.size() - size);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return systemError(errno);
        }
        if (count == 0) {
            break;
        }
        size += static_cast<std::size_t>(count);
        if (size > fileBytesMax) {
            return tooLarge(fileBytesMax);
        }
        if (size == bytes.size()) {
            bytes.resize(bytes.size() * 2);
        }
    }
    bytes.resize(size);
    return bytes;
}

} // namespace carma::ingest
