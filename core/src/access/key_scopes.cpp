// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <carma/keys.h>

#include <algorithm>

namespace carma {

namespace {

constexpr std::array<std::string_view, kKeyOperations> kOperations{"read", "write", "forget", "heal", "keys", "usage", "audit", "network"};
constexpr std::uint32_t kAll = (1U << kKeyOperations) - 1;
constexpr std::size_t kNameMax = 256;

constexpr std::uint32_t bit(KeyOperation operation) { return 1U << static_cast<unsigned>(operation); }

Error noScope(std::string_view text, const std::string& what)
{
    return {ErrorCode::InvalidArgument, "'" + std::string(text.substr(0, kNameMax)) + "' is no scope: " + what};
}

Result<std::uint32_t> parseOperations(std::string_view words, std::string_view text)
{
    if (words == "*") {
        return kAll;
    }
    std::uint32_t operations = 0;
    for (std::size_t at = 0; at <= words.size();) {
        const std::size_t comma = std::min(words.find(',', at), words.size());
        const std::string_view word = words.substr(at, comma - at);
        const auto* const found = std::ranges::find(kOperations, word);
        if (found == kOperations.end()) {
            return noScope(text, "'" + std::string(word) + "' is none of read, write, forget, heal, keys, usage, audit, network and *");
        }
        operations |= 1U << static_cast<unsigned>(found - kOperations.begin());
        at = comma + 1;
    }
    return operations;
}

} // namespace

std::string_view name(KeyOperation operation)
{
    const auto number = static_cast<std::size_t>(operation);
    return number < kOperations.size() ? kOperations.at(number) : "unknown";
}

LimitKind limitKindOf(KeyOperation operation)
{
    switch (operation) {
    case KeyOperation::Read:
    case KeyOperation::Usage: return LimitKind::Read;
    case KeyOperation::Write:
    case KeyOperation::Forget:
    case KeyOperation::Network: return LimitKind::Write;
    default: return LimitKind::Heavy;
    }
}

Result<KeyScope> parseScope(std::string_view text)
{
    if (text.size() > 3 * kNameMax || text.find('\0') != std::string_view::npos) {
        return noScope(text.substr(0, text.find('\0')), "it is too long, or has a NUL in it");
    }
    const std::size_t first = text.find(':');
    const std::size_t second = first == std::string_view::npos ? first : text.find(':', first + 1);
    KeyScope scope;
    CARMA_TRY_ASSIGN(scope.operations, parseOperations(text.substr(0, first), text));
    if (first != std::string_view::npos) {
        scope.space = text.substr(first + 1, second == std::string_view::npos ? second : second - first - 1);
    }
    if (second != std::string_view::npos) {
        scope.tag = text.substr(second + 1); // a tag may hold colons
    }
    if (scope.space.empty() || scope.tag.empty() || scope.space.size() > kNameMax || scope.tag.size() > kNameMax) {
        return noScope(text, "namespace and tag have 1 to 256 bytes, or are *");
    }
    return scope;
}

std::string toString(const KeyScope& scope)
{
    std::string text;
    if ((scope.operations & kAll) == kAll) {
        text = "*";
    }
    for (std::size_t i = 0; i < kOperations.size() && text != "*"; ++i) {
        if ((scope.operations >> i & 1U) != 0) {
            text += (text.empty() ? "" : ",") + std::string(kOperations.at(i));
        }
    }
    const bool everything = scope.tag == "*";
    return text + (scope.space == "*" && everything ? "" : ":" + scope.space) + (everything ? "" : ":" + scope.tag);
}

std::vector<KeyScope> scopesOf(KeyPermission permission)
{
    const std::uint32_t reads = bit(KeyOperation::Read) | bit(KeyOperation::Usage);
    const std::uint32_t writes = reads | bit(KeyOperation::Write) | bit(KeyOperation::Forget);
    switch (permission) {
    case KeyPermission::ReadOnly: return {{.operations = reads}};
    case KeyPermission::ReadWrite: return {{.operations = writes}};
    case KeyPermission::Admin: return {{.operations = kAll}};
    case KeyPermission::Service: return {{.operations = writes | bit(KeyOperation::Heal) | bit(KeyOperation::Network)}};
    case KeyPermission::Custom: return {};
    }
    return {};
}

} // namespace carma
