// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "keys_actions.h"
#include "terminal.h"
#include "text.h"

#include <carma/private_file.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <utility>

/// The way of key texts in and out. They pass neither arguments nor the buffer of the printer.
namespace carma::cli {

namespace {

Result<void> writeAll(int file, ByteView bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(file, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR) {
            return Error{ErrorCode::Io, fmt::format("the key cannot be written: {}", std::strerror(errno))};
        }
        bytes = bytes.subspan(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    return {};
}

} // namespace

Result<void> SecretOutput::checkPlace(const std::optional<std::string>& file, bool json)
{
    if (!file && (json || ::isatty(STDOUT_FILENO) != 1)) {
        return Error{ErrorCode::InvalidArgument,
            "a key is shown on a terminal or written to a file: add --out FILE. It goes into no pipe and no document."};
    }
    return {};
}

Result<SecretOutput> SecretOutput::open(const std::optional<std::string>& file, std::size_t count)
{
    if (!file) {
        return SecretOutput({}, -1);
    }
    CARMA_TRY_ASSIGN(const int opened, createPrivateFile(*file));
    SecretOutput output(*file, opened);
    const int full = ::posix_fallocate(opened, 0, static_cast<off_t>(count * (kKeyTextMax + 1)));
    if (full == ENOSPC || full == EFBIG) { // other file systems cannot take room ahead
        return Error{ErrorCode::NoSpace, fmt::format("there is no room for {}", *file)};
    }
    return output;
}

SecretOutput::SecretOutput(SecretOutput&& other) noexcept
    : m_path(std::move(other.m_path)), m_file(std::exchange(other.m_file, -1)), m_kept(other.m_kept)
{
}

SecretOutput::~SecretOutput()
{
    if (m_file >= 0) {
        ::close(m_file);
        if (!m_kept) {
            ::unlink(m_path.c_str());
        }
    }
}

Result<void> SecretOutput::write(std::span<const IssuedKey> keys, Printer& printer)
{
    printer.flush();
    const int file = m_file >= 0 ? m_file : STDOUT_FILENO;
    for (const IssuedKey& key : keys) {
        CARMA_TRY(writeAll(file, key.text.view()));
        CARMA_TRY(writeAll(file, asBytes("\n")));
    }
    if (m_file >= 0) {
        m_kept = true; // from here on it holds keys that exist
        const off_t size = ::lseek(m_file, 0, SEEK_CUR);
        if (size < 0 || ::ftruncate(m_file, size) != 0 || ::fsync(m_file) != 0) {
            return Error{ErrorCode::Io, fmt::format("{} cannot be written: {}", m_path, std::strerror(errno))};
        }
    }
    return {};
}

Result<SecretBytes> readKeyText(const std::optional<std::string>& file, Session& session)
{
    return file ? readSecretFile(*file, session.stop()) : askSecret("API key: ", session.stop());
}

} // namespace carma::cli
