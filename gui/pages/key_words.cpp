// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/key_words.h"

#include "app/text.h"
#include "app/theme.h"
#include "frame/icons.h"

#include <QCoreApplication>

namespace carma::gui {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(Keys)
};

constexpr std::int64_t kSecond = 1000000;

QString foundText(const FoundKey& found)
{
    if (!found.finding.whole) {
        return Texts::tr("has the form of a key only");
    }
    if (found.known.empty()) {
        return Texts::tr("a key of another store");
    }
    const KeyInfo& key = found.known.front();
    return Texts::tr("key of %1, %2").arg(oneLine(text(key.owner), 60), wordOf(key.state));
}

} // namespace

QString wordOf(KeyState state)
{
    switch (state) {
    case KeyState::Active: return Texts::tr("active");
    case KeyState::Grace: return Texts::tr("in grace");
    case KeyState::Suspended: return Texts::tr("suspended");
    case KeyState::Revoked: return Texts::tr("revoked");
    case KeyState::Expired: return Texts::tr("expired");
    }
    return {};
}

QString wordOf(KeyPermission permission)
{
    switch (permission) {
    case KeyPermission::ReadOnly: return Texts::tr("read");
    case KeyPermission::ReadWrite: return Texts::tr("read and write");
    case KeyPermission::Admin: return Texts::tr("administer everything");
    case KeyPermission::Service: return Texts::tr("serve: read, write, heal");
    case KeyPermission::Custom: return Texts::tr("what the scopes say");
    }
    return {};
}

QIcon markOf(KeyState state)
{
    switch (state) {
    case KeyState::Active: return symbolIcon(Symbol::Good, tones().good);
    case KeyState::Grace:
    case KeyState::Suspended: return symbolIcon(Symbol::Warning, tones().warn);
    case KeyState::Revoked:
    case KeyState::Expired: break;
    }
    return symbolIcon(Symbol::Bad, tones().bad);
}

QString scopesText(const std::vector<KeyScope>& scopes)
{
    QStringList words;
    for (const KeyScope& scope : scopes) {
        words.append(text(toString(scope)));
    }
    return words.join(", ");
}

QString limitText(const RateLimit& limit)
{
    const bool whole = limit.periodUs % kSecond == 0;
    const QString period = whole ? Texts::tr("%1 s").arg(limit.periodUs / kSecond) : Texts::tr("%1 ms").arg(limit.periodUs / 1000);
    return Texts::tr("%1 in %2, burst %3").arg(number(limit.count), period, number(limit.burst));
}

KeysModel* makeKeysModel(QObject* parent)
{
    const auto when = [](std::int64_t KeyInfo::*field) {
        return [field](const KeyInfo& key) { return QVariant(static_cast<qlonglong>(key.*field)); };
    };
    std::vector<RowsColumn<KeyInfo>> columns{
        {Texts::tr("Owner"), [](const KeyInfo& key) { return oneLine(text(key.owner), 200); }},
        {Texts::tr("Label"), [](const KeyInfo& key) { return oneLine(text(key.label), 200); }},
        {Texts::tr("State"), [](const KeyInfo& key) { return wordOf(key.state); }, false,
            [](const KeyInfo& key) { return QVariant(static_cast<int>(key.state)); }, [](const KeyInfo& key) { return markOf(key.state); }},
        {Texts::tr("Scopes"), [](const KeyInfo& key) { return scopesText(key.scopes); }},
        {Texts::tr("Rate class"), [](const KeyInfo& key) { return text(key.rateClass); }},
        {Texts::tr("Uses"), [](const KeyInfo& key) { return number(key.uses); }, true,
            [](const KeyInfo& key) { return QVariant(static_cast<qulonglong>(key.uses)); }},
        {Texts::tr("Last use"), [](const KeyInfo& key) { return dateTime(key.lastUsedUs); }, false, when(&KeyInfo::lastUsedUs)},
        {Texts::tr("Expiry"), [](const KeyInfo& key) { return key.expiresUs == 0 ? Texts::tr("never") : date(key.expiresUs); }, false,
            when(&KeyInfo::expiresUs)},
    };
    return new KeysModel(
        std::move(columns), [](const KeyInfo& key) { return toString(key.id); }, parent);
}

ClassesModel* makeClassesModel(QObject* parent)
{
    std::vector<RowsColumn<KeyRateClass>> columns{
        {Texts::tr("Class"), [](const KeyRateClass& each) { return text(each.name); }},
        {Texts::tr("Read"), [](const KeyRateClass& each) { return limitText(each.read); }},
        {Texts::tr("Write"), [](const KeyRateClass& each) { return limitText(each.write); }},
        {Texts::tr("Heavy"), [](const KeyRateClass& each) { return limitText(each.heavy); }},
        {Texts::tr("Whose"), [](const KeyRateClass& each) { return each.builtIn ? Texts::tr("built in") : Texts::tr("this store's"); }},
    };
    return new ClassesModel(
        std::move(columns), [](const KeyRateClass& each) { return each.name; }, parent);
}

FoundKeysModel* makeFoundKeysModel(QObject* parent)
{
    std::vector<RowsColumn<FoundKey>> columns{
        {Texts::tr("File"), [](const FoundKey& each) { return each.file; }},
        {Texts::tr("Line"), [](const FoundKey& each) { return number(each.finding.line); }, true,
            [](const FoundKey& each) { return QVariant(static_cast<qulonglong>(each.finding.line)); }},
        {Texts::tr("What it is"), foundText, false, {},
            [](const FoundKey& each) {
                const bool works = std::ranges::any_of(
                    each.known, [](const KeyInfo& key) { return key.state != KeyState::Revoked && key.state != KeyState::Expired; });
                return works ? symbolIcon(Symbol::Bad, tones().bad) : symbolIcon(Symbol::Warning, tones().warn);
            }},
    };
    const auto identity = [](const FoundKey& each) { return bytesOf(each.file) + ':' + std::to_string(each.finding.offset); };
    return new FoundKeysModel(std::move(columns), identity, parent);
}

} // namespace carma::gui
