// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <carma/keys.h>

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <netinet/in.h>

namespace carma {

namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}; // ::ffff:0:0/96, RFC 4291 section 2.5.5.2
constexpr unsigned kMappedBits = 96;
constexpr std::size_t kTextMax = 64; // longer than any address with a prefix

struct Address {
    std::array<std::uint8_t, 16> bytes{};
    bool isV4 = false;
};

std::optional<Address> parseAddress(std::string_view text)
{
    if (text.size() > kTextMax || text.find('\0') != std::string_view::npos) {
        return std::nullopt;
    }
    const std::string terminated(text);
    Address address;
    if (::inet_pton(AF_INET, terminated.c_str(), address.bytes.data() + kMapped.size()) == 1) {
        std::ranges::copy(kMapped, address.bytes.begin());
        address.isV4 = true;
        return address;
    }
    if (::inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) {
        return address;
    }
    return std::nullopt;
}

bool bitOf(const std::array<std::uint8_t, 16>& bytes, unsigned at) { return (bytes.at(at / 8) >> (7U - at % 8) & 1U) != 0; }

} // namespace

Result<AddressRange> parseAddressRange(std::string_view text)
{
    const Error wrong{ErrorCode::InvalidArgument,
        "'" + std::string(text.substr(0, kTextMax)) + "' is no network such as 10.1.0.0/16, 2001:db8::/32 or 192.0.2.7"};
    const std::size_t slash = text.find('/');
    const auto address = parseAddress(text.substr(0, slash));
    if (!address) {
        return wrong;
    }
    unsigned bits = address->isV4 ? 32 : 128;
    const unsigned most = bits;
    if (slash != std::string_view::npos) {
        const std::string_view digits = text.substr(slash + 1);
        const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
        if (parsed.ec != std::errc{} || parsed.ptr != digits.data() + digits.size() || bits > most) {
            return wrong;
        }
    }
    bits += address->isV4 ? kMappedBits : 0;
    for (unsigned at = bits; at < 128; ++at) {
        if (bitOf(address->bytes, at)) {
            return Error{ErrorCode::InvalidArgument, "'" + std::string(text) + "' has bits behind its prefix: an address, or a network?"};
        }
    }
    return AddressRange{address->bytes, static_cast<std::uint8_t>(bits)};
}

std::string toString(const AddressRange& range)
{
    std::array<char, INET6_ADDRSTRLEN> text{};
    const bool isV4 = range.bits >= kMappedBits && std::equal(kMapped.begin(), kMapped.end(), range.address.begin());
    const void* const from = isV4 ? range.address.data() + kMapped.size() : range.address.data();
    (void)::inet_ntop(isV4 ? AF_INET : AF_INET6, from, text.data(), text.size());
    const unsigned bits = isV4 ? range.bits - kMappedBits : range.bits;
    return std::string(text.data()) + (bits == (isV4 ? 32U : 128U) ? "" : "/" + std::to_string(bits));
}

bool contains(const AddressRange& range, std::string_view address)
{
    const auto parsed = parseAddress(address);
    if (!parsed) {
        return false;
    }
    for (unsigned at = 0; at < range.bits; ++at) {
        if (bitOf(parsed->bytes, at) != bitOf(range.address, at)) {
            return false;
        }
    }
    return true;
}

} // namespace carma
