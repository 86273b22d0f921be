// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/ids.h>
#include <carma/result.h>
#include <carma/secret_bytes.h>

#include <string>
#include <string_view>

/// A key file: 256 bits that open one store, as four lines of text.
///
///     carma-key-1
///     <store id, 26 characters>
///     <secret, base64, 44 characters>
///     <first 16 hexadecimal digits of the SHA-256 of the lines above, each ended by a line feed>
namespace carma::log {

struct KeyFile {
    StoreId store;
    SecretBytes secret; ///< 32 bytes
};

/// The whole file. The caller keeps it secret (mode 0600) and wipes it (crypto::wipe). REQUIRES: secret.size() == 32
std::string formatKeyFile(const StoreId& store, ByteView secret);

/// Accepts lines ended by CR LF and blank lines at the end. InvalidArgument says what is wrong and quotes nothing of
/// the secret; Unsupported for a newer version of the file.
Result<KeyFile> parseKeyFile(std::string_view text);

} // namespace carma::log
