// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/key_details.h"

#include "app/text.h"
#include "app/theme.h"
#include "frame/widgets.h"
#include "pages/key_words.h"
#include "pages/magic_square_view.h"

#include <QGridLayout>
#include <QScrollArea>
#include <QVBoxLayout>

namespace carma::gui {

namespace {

constexpr int kButtonsInARow = 2;

/// Ids are too wide to stand beside their names.
QString idRow(const QString& name, const std::string& id)
{
    return QString("<div style='margin:2px'><span style='color:%1'>%2</span>&nbsp; %3</div>")
        .arg(tones().quiet.name(), name.toHtmlEscaped(), text(id).toHtmlEscaped());
}

QString row(const QString& name, const QString& value)
{
    return QString("<tr><td style='color:%1; padding-right:16px'>%2</td><td>%3</td></tr>")
        .arg(tones().quiet.name(), name.toHtmlEscaped(), value.toHtmlEscaped());
}

} // namespace

KeyDetails::KeyDetails(QWidget* parent)
    : QFrame(parent), m_square(new MagicSquareView), m_owner(heading({}, 2)), m_state(quiet({})), m_facts(new QLabel)
{
    setProperty("card", true);
    m_owner->setWordWrap(true);
    m_facts->setTextFormat(Qt::RichText);
    m_facts->setWordWrap(true);
    m_facts->setAlignment(Qt::AlignTop);
    m_facts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_facts->setFocusPolicy(Qt::NoFocus);
    auto* scroll = named(new QScrollArea, tr("About the key"));
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(m_facts);
    scroll->viewport()->setBackgroundRole(QPalette::Base);
    const QString names[] = {tr("Rotate"), tr("Suspend"), tr("Resume"), tr("Set expiry"), tr("Add credits"), tr("Revoke")};
    auto* grid = new QGridLayout;
    grid->setSpacing(8);
    int place = 0;
    for (std::size_t i = 0; i < m_buttons.size(); ++i) {
        const auto change = static_cast<KeyChange>(i);
        m_buttons.at(i) = button(names[i]);
        if (change == KeyChange::Resume) { // stands where Suspend does
            grid->addWidget(m_buttons.at(i), 0, 1);
        } else {
            grid->addWidget(m_buttons.at(i), place / kButtonsInARow, place % kButtonsInARow);
            ++place;
        }
        connect(m_buttons.at(i), &QPushButton::clicked, this, [this, change] { emit changeWanted(change); });
    }
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 14, 16, 14);
    layout->setSpacing(8);
    layout->addWidget(m_owner);
    layout->addWidget(m_state);
    layout->addWidget(m_square, 0, Qt::AlignLeft);
    layout->addWidget(scroll, 1);
    layout->addLayout(grid);
    show(std::nullopt, true);
}

void KeyDetails::show(const std::optional<KeyInfo>& key, bool readOnly)
{
    const bool ended = !key || key->state == KeyState::Revoked || key->state == KeyState::Expired;
    const bool suspended = key && key->state == KeyState::Suspended;
    const auto at = [this](KeyChange change) { return m_buttons.at(static_cast<std::size_t>(change)); };
    for (QPushButton* each : m_buttons) {
        each->setEnabled(key.has_value() && !readOnly);
        each->setToolTip(readOnly && key ? tr("The store is open for reading only.") : QString());
    }
    at(KeyChange::Suspend)->setVisible(!suspended);
    at(KeyChange::Resume)->setVisible(suspended);
    at(KeyChange::Rotate)->setEnabled(!ended && !suspended && !readOnly);
    at(KeyChange::Suspend)->setEnabled(!ended && !readOnly);
    at(KeyChange::Credits)->setEnabled(!ended && !readOnly);
    at(KeyChange::Expire)->setEnabled(key && key->state != KeyState::Revoked && !readOnly);
    at(KeyChange::Revoke)->setEnabled(key && key->state != KeyState::Revoked && !readOnly);
    m_square->setVisible(key.has_value());
    m_square->setFingerprint(key ? std::optional(key->parts.fingerprint) : std::nullopt);
    m_owner->setText(key ? oneLine(text(key->owner), 120) : tr("No key is chosen"));
    if (!key) {
        m_state->setText(tr("Choose one to see its fingerprint and what it may do."));
        m_facts->clear();
        return;
    }
    const QString reason = oneLine(text(key->reason), 200);
    m_state->setText(reason.isEmpty() ? wordOf(key->state) : tr("%1: %2").arg(wordOf(key->state), reason));
    showFacts(*key);
}

void KeyDetails::showFacts(const KeyInfo& key)
{
    QStringList addresses;
    for (const AddressRange& range : key.addresses) {
        addresses.append(text(toString(range)));
    }
    QString html = idRow(tr("Key"), toString(key.id));
    if (!key.successor.isNull()) {
        html += idRow(tr("Next"), toString(key.successor));
    }
    html += "<table cellspacing=0 cellpadding=2>";
    if (!key.label.empty()) {
        html += row(tr("Label"), oneLine(text(key.label), 200));
    }
    html += row(tr("May"), wordOf(key.parts.permission));
    html += row(tr("Scopes"), scopesText(key.scopes));
    html += row(tr("From"), addresses.isEmpty() ? tr("everywhere") : addresses.join(", "));
    html += row(tr("Rate class"), text(key.rateClass));
    html += row(tr("Uses"), number(key.uses));
    html += row(tr("Last use"), dateTime(key.lastUsedUs));
    html += row(tr("Uses a day"), key.quotaADay == 0 ? tr("no bound") : number(key.quotaADay));
    html += row(tr("Credits left"), key.credits ? number(*key.credits) : tr("not counted"));
    html += row(tr("Made"), dateTime(key.createdUs));
    html += row(tr("Expiry"), key.expiresUs == 0 ? tr("never") : dateTime(key.expiresUs));
    if (key.state == KeyState::Grace) {
        html += row(tr("Grace ends"), dateTime(key.graceEndsUs));
    }
    html += row(tr("Generation"), number(key.generation));
    html += row(tr("Seat"), tr("%1, block %2").arg(number(key.parts.position), number(key.parts.block())));
    m_facts->setText(html + "</table>");
}

} // namespace carma::gui
