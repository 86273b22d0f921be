// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "anomaly/address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <cstring>

namespace carma::anomaly {

namespace {

constexpr std::uint8_t kIpv4At = 96; // bits before an IPv4 address in its IPv6 form
constexpr std::uint8_t kBits = 128;
constexpr std::array<std::uint8_t, 12> kIpv4Prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

} // namespace

bool Prefix::isIpv4() const { return bits >= kIpv4At && std::equal(kIpv4Prefix.begin(), kIpv4Prefix.end(), bytes.begin()); }

Prefix Prefix::widened(std::uint8_t count) const
{
    Prefix wide = *this;
    wide.bits = count;
    for (std::size_t i = 0; i < wide.bytes.size(); ++i) {
        const int kept = std::clamp(static_cast<int>(count) - static_cast<int>(8 * i), 0, 8);
        wide.bytes[i] = static_cast<std::uint8_t>(wide.bytes[i] & (0xFF00U >> static_cast<unsigned>(kept)));
    }
    return wide;
}

bool Prefix::covers(const Prefix& other) const { return bits <= other.bits && other.widened(bits).bytes == bytes; }

Result<Prefix> parsePrefix(std::string_view text)
{
    constexpr std::size_t kTextMax = 64;
    const Error wrong{ErrorCode::InvalidArgument,
        "'" + std::string(text.substr(0, kTextMax)) + "' is no address such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32"};
    if (text.size() > kTextMax) {
        return wrong;
    }
    const std::size_t slash = text.find('/');
    const std::string address(text.substr(0, slash));
    Prefix prefix;
    std::uint8_t before = 0; // bits that the text does not count
    if (::inet_pton(AF_INET, address.c_str(), prefix.bytes.data() + kIpv4Prefix.size()) == 1) {
        std::ranges::copy(kIpv4Prefix, prefix.bytes.begin());
        before = kIpv4At;
    } else if (::inet_pton(AF_INET6, address.c_str(), prefix.bytes.data()) != 1) {
        return wrong;
    }
    if (slash == std::string_view::npos) {
        return prefix;
    }
    unsigned count = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + slash + 1, end, count);
    if (parsed.ec != std::errc{} || parsed.ptr != end || count + before > kBits) {
        return wrong;
    }
    return prefix.widened(static_cast<std::uint8_t>(count + before));
}

std::string toString(const Prefix& prefix)
{
    std::array<char, INET6_ADDRSTRLEN> text{};
    const bool ipv4 = prefix.isIpv4();
    const std::uint8_t* from = prefix.bytes.data() + (ipv4 ? kIpv4Prefix.size() : 0);
    (void)::inet_ntop(ipv4 ? AF_INET : AF_INET6, from, text.data(), text.size());
    std::string out(text.data());
    return prefix.bits == kBits ? out : out + "/" + std::to_string(prefix.bits - (ipv4 ? kIpv4At : 0));
}

} // namespace carma::anomaly
