// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/superblock/key_file.h"
#include "store/store_core.h"

#include <carma/private_file.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

/// Key files live outside the store, wherever the user keeps them, so they are read and written through the operating system.
namespace carma::store {

namespace {

constexpr std::size_t kKeyFileBytesMax = 4096; // a key file has some 130 bytes; anything long is something else

Error systemError(const std::string& path, std::string_view doing)
{
    const ErrorCode code = errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Io;
    return {code, "the key file " + path + " cannot be " + std::string(doing) + ": " + std::strerror(errno)};
}

/// Closes the descriptor and wipes the buffer whatever happens.
struct KeyFileBuffer {
    explicit KeyFileBuffer(int fileDescriptor) : descriptor(fileDescriptor), bytes(kKeyFileBytesMax) {}
    KeyFileBuffer(const KeyFileBuffer&) = delete;
    KeyFileBuffer& operator=(const KeyFileBuffer&) = delete;
    ~KeyFileBuffer() { ::close(descriptor); }
    int descriptor;
    SecretBytes bytes;
};

Result<log::KeySource> readKeyFile(const std::string& path, const StoreId& store)
{
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        return systemError(path, "opened");
    }
    KeyFileBuffer buffer(descriptor);
    std::size_t size = 0;
    while (size < kKeyFileBytesMax) {
        const ssize_t got = ::read(descriptor, buffer.bytes.span().data() + size, kKeyFileBytesMax - size);
        if (got < 0) {
            return systemError(path, "read");
        }
        if (got == 0) {
            break;
        }
        size += static_cast<std::size_t>(got);
    }
    auto parsed = log::parseKeyFile(asText(buffer.bytes.view().first(size)));
    if (!parsed.has_value()) {
        return parsed.error().within(path);
    }
    if (parsed->store != store) {
        return Error{ErrorCode::WrongKey, path + " is the key of another store (" + toString(parsed->store) + ")"};
    }
    return log::KeySource{log::KeySlotKind::KeyFile, std::move(parsed->secret)};
}

} // namespace

Result<log::KeySource> readCredentials(const Credentials& credentials, const StoreId& store)
{
    if (credentials.keyFile) {
        return readKeyFile(*credentials.keyFile, store);
    }
    if (credentials.passphrase) {
        return log::KeySource{log::KeySlotKind::Passphrase, credentials.passphrase->clone()};
    }
    if (credentials.recoveryCode) {
        CARMA_TRY_ASSIGN(SecretBytes secret, log::parseRecoveryCode(asText(credentials.recoveryCode->view())));
        return log::KeySource{log::KeySlotKind::RecoveryCode, std::move(secret)};
    }
    return Error{ErrorCode::InvalidArgument, "no key file, passphrase or recovery code was given"};
}

Result<void> writeKeyFileAt(const std::string& path, const StoreId& store, ByteView secret)
{
    const std::filesystem::path file(path);
    std::error_code failure;
    if (file.has_parent_path() && !std::filesystem::exists(file.parent_path(), failure)) {
        std::filesystem::create_directories(file.parent_path(), failure);
        std::filesystem::permissions(file.parent_path(), std::filesystem::perms::owner_all, failure);
    }
    std::string text = log::formatKeyFile(store, secret);
    const auto written = writePrivateFile(path, {asBytes(text)});
    crypto::wipe(std::as_writable_bytes(std::span(text)));
    return written.has_value() ? written : written.error().within("the key file");
}

} // namespace carma::store
