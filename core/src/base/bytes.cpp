// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <carma/bytes.h>
#include <carma/clock.h>

#include <chrono>

namespace carma {

std::string toHex(ByteView bytes)
{
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::byte byte : bytes) {
        text += kDigits[std::to_integer<std::size_t>(byte >> 4)];
        text += kDigits[std::to_integer<std::size_t>(byte & std::byte{15})];
    }
    return text;
}

namespace {

class SystemClock final : public Clock {
public:
    std::int64_t wallTimeUs() override { return since<std::chrono::system_clock>(); }
    std::int64_t monotonicUs() override { return since<std::chrono::steady_clock>(); }

private:
    template <typename Source> static std::int64_t since()
    {
        return std::chrono::duration_cast<std::chrono::microseconds>(Source::now().time_since_epoch()).count();
    }
};

} // namespace

Clock& systemClock()
{
    static SystemClock clock;
    return clock;
}

} // namespace carma
