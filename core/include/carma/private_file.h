// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/bytes.h>
#include <carma/result.h>

#include <initializer_list>
#include <string>

/// Files outside a store that nobody but their owner may read: key files, API keys, what is exported about a person.
namespace carma {

/// Makes a new file of mode 0600, whatever the umask allows, and opens it for writing; the caller closes the descriptor. A link in its
/// place is not followed. AlreadyExists, NotFound (of its folder), NoSpace or Io, naming the path.
Result<int> createPrivateFile(const std::string& path);
/// The same, with these parts as its content, synced. On failure there is no file, unless there was one before (AlreadyExists).
Result<void> writePrivateFile(const std::string& path, std::initializer_list<ByteView> parts);

} // namespace carma
