// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/bytes.h>
#include <carma/result.h>

#include <map>
#include <string>
#include <string_view>

namespace carma::ingest {

/// The text members of a ZIP file, unpacked. Images and fonts are passed over.
class ZipPackage {
public:
    /// InvalidArgument (damaged), Unsupported (protected by a password), LimitExceeded (unpacks to more than the bounds).
    static Result<ZipPackage> open(ByteView bytes);

    /// Null if there is none of that name. A name may begin with '/' and have "." and ".." in it.
    [[nodiscard]] const std::string* member(std::string_view name) const;

    static constexpr std::size_t kMembersMax = 20'000;
    static constexpr std::size_t kMemberBytesMax = 64U << 20U;
    static constexpr std::size_t kBytesMax = 192U << 20U; ///< of all members: what a bomb unpacks to is never held

private:
    std::map<std::string, std::string, std::less<>> m_members;
};

/// "OEBPS/text/../toc.xhtml" -> "OEBPS/toc.xhtml"; what leads out of the package stays inside it.
std::string normalMember(std::string_view path);

} // namespace carma::ingest
