// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/bytes.h>

namespace carma {

/// Key material: move-only, wiped when it dies or is moved from. (Programs also switch core dumps off at start.)
class SecretBytes {
public:
    SecretBytes() = default;
    explicit SecretBytes(std::size_t size); ///< zeroes
    explicit SecretBytes(ByteView copyFrom);
    SecretBytes(SecretBytes&& other) noexcept;
    SecretBytes& operator=(SecretBytes&& other) noexcept;
    SecretBytes(const SecretBytes&) = delete;
    SecretBytes& operator=(const SecretBytes&) = delete;
    ~SecretBytes();

    [[nodiscard]] ByteView view() const { return {m_data, m_size}; }
    [[nodiscard]] ByteSpan span() { return {m_data, m_size}; }
    [[nodiscard]] std::size_t size() const { return m_size; }
    [[nodiscard]] bool empty() const { return m_size == 0; }
    [[nodiscard]] SecretBytes clone() const { return SecretBytes(view()); }
    /// Constant-time comparison.
    [[nodiscard]] bool equals(ByteView other) const;

private:
    void wipe() noexcept;

    std::byte* m_data = nullptr;
    std::size_t m_size = 0;
};

} // namespace carma
