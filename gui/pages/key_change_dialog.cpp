// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/key_change_dialog.h"

#include "app/text.h"
#include "frame/widgets.h"

#include <QComboBox>
#include <QDateTimeEdit>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QSpinBox>
#include <QVBoxLayout>

#include <limits>

namespace carma::gui {

namespace {

constexpr qint64 kHourUs = 3600LL * 1000000;

QString titleOf(KeyChange change)
{
    switch (change) {
    case KeyChange::Rotate: return KeyChangeDialog::tr("Rotate");
    case KeyChange::Suspend: return KeyChangeDialog::tr("Suspend");
    case KeyChange::Resume: return KeyChangeDialog::tr("Resume");
    case KeyChange::Expire: return KeyChangeDialog::tr("Set expiry");
    case KeyChange::Credits: return KeyChangeDialog::tr("Add credits");
    case KeyChange::Revoke: return KeyChangeDialog::tr("Revoke");
    }
    return {};
}

QString effectOf(KeyChange change)
{
    switch (change) {
    case KeyChange::Rotate: return KeyChangeDialog::tr("Makes a new secret for the same rights. The old key goes on for the grace.");
    case KeyChange::Suspend: return KeyChangeDialog::tr("The key is refused from now on, until it is resumed.");
    case KeyChange::Expire: return KeyChangeDialog::tr("The key is refused from that moment on.");
    case KeyChange::Credits: return KeyChangeDialog::tr("Each use takes from the credits; a key without any left is refused.");
    case KeyChange::Revoke: return KeyChangeDialog::tr("The key never works again. This cannot be undone.");
    case KeyChange::Resume: break;
    }
    return {};
}

} // namespace

KeyChangeDialog::KeyChangeDialog(KeyChange change, const KeyInfo& key, QWidget* parent)
    : QDialog(parent), m_change(change), m_id(toString(key.id))
{
    setWindowTitle(titleOf(change));
    setMinimumWidth(460);
    auto* form = new QFormLayout;
    form->setVerticalSpacing(kGap);
    form->setHorizontalSpacing(kMargin);
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    auto* go = button(titleOf(change));
    if (change == KeyChange::Rotate) {
        m_grace = named(new QComboBox, tr("Grace"));
        m_grace->addItem(tr("none: the old key ends at once"), 0);
        m_grace->addItem(tr("one hour"), kHourUs);
        m_grace->addItem(tr("a day"), static_cast<qint64>(kGraceDefaultUs));
        m_grace->addItem(tr("a week"), static_cast<qint64>(kGraceMaxUs));
        m_grace->setCurrentIndex(2);
        form->addRow(tr("Grace"), m_grace);
    } else if (change == KeyChange::Expire) {
        m_ends = named(new QComboBox, tr("Ends"));
        m_ends->addItems({tr("at that moment"), tr("never")});
        m_expiry = named(new QDateTimeEdit, tr("Expiry"));
        m_expiry->setCalendarPopup(true);
        m_expiry->setDateTime(key.expiresUs > 0 ? QDateTime::fromMSecsSinceEpoch(key.expiresUs / 1000) : QDateTime::currentDateTime());
        connect(m_ends, &QComboBox::currentIndexChanged, m_expiry, [this](int index) { m_expiry->setEnabled(index == 0); });
        form->addRow(tr("Ends"), m_ends);
        form->addRow(tr("Expiry"), m_expiry);
    } else if (change == KeyChange::Credits) {
        m_credits = named(new QSpinBox, tr("Credits to add"));
        m_credits->setRange(1, std::numeric_limits<int>::max());
        m_credits->setValue(1000);
        form->addRow(tr("Credits to add"), m_credits);
    }
    if (change == KeyChange::Rotate || change == KeyChange::Suspend || change == KeyChange::Revoke) {
        m_reason = named(new QLineEdit, tr("Reason"));
        m_reason->setPlaceholderText(tr("for the audit"));
        form->addRow(tr("Reason"), m_reason);
    }
    if (change == KeyChange::Revoke) {
        auto* typed = named(new QLineEdit, tr("Confirmation"));
        typed->setPlaceholderText(word());
        form->addRow(tr("Type \"%1\"").arg(word()), typed);
        go->setEnabled(false);
        connect(typed, &QLineEdit::textChanged, go, [go](const QString& now) { go->setEnabled(now == word()); });
    }
    go->setDefault(true);
    auto* cancel = button(tr("Cancel"));
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(go);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kGap);
    const QString name = text(key.label.empty() ? key.owner : key.owner + ", " + key.label);
    layout->addWidget(heading(oneLine(name, 60), 2));
    layout->addWidget(quiet(effectOf(change)));
    layout->addLayout(form);
    layout->addStretch();
    layout->addLayout(buttons);
    connect(go, &QPushButton::clicked, this, &QDialog::accept);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
}

QString KeyChangeDialog::word() { return tr("revoke"); }

std::string KeyChangeDialog::reason() const { return m_reason == nullptr ? std::string() : bytesOf(m_reason->text().trimmed()); }

std::int64_t KeyChangeDialog::graceUs() const { return m_grace == nullptr ? 0 : m_grace->currentData().toLongLong(); }

std::int64_t KeyChangeDialog::expiresUs() const
{
    return m_expiry == nullptr || m_ends->currentIndex() == 1 ? 0 : m_expiry->dateTime().toMSecsSinceEpoch() * 1000;
}

std::uint64_t KeyChangeDialog::credits() const { return m_credits == nullptr ? 0 : static_cast<std::uint64_t>(m_credits->value()); }

} // namespace carma::gui
