// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/new_key_dialog.h"

#include "app/text.h"
#include "frame/widgets.h"
#include "pages/key_words.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDateTimeEdit>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QRegularExpression>
#include <QSpinBox>
#include <QVBoxLayout>

#include <limits>

namespace carma::gui {

namespace {

constexpr int kExpiryDays = 90;
constexpr int kManyMax = std::numeric_limits<int>::max();

QWidget* beside(QWidget* one, QWidget* other)
{
    auto* both = new QWidget;
    auto* row = new QHBoxLayout(both);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(one);
    row->addWidget(other, 1);
    return both;
}

QStringList words(const QLineEdit* line)
{
    static const QRegularExpression between("[\\s;]+");
    return line->text().split(between, Qt::SkipEmptyParts);
}

} // namespace

NewKeyDialog::NewKeyDialog(const std::vector<KeyRateClass>& classes, QWidget* parent)
    : QDialog(parent), m_owner(named(new QLineEdit, tr("Owner"))), m_label(named(new QLineEdit, tr("Label"))),
      m_permission(named(new QComboBox, tr("May"))), m_scopes(named(new QLineEdit, tr("Scopes"))),
      m_addresses(named(new QLineEdit, tr("Addresses"))), m_class(named(new QComboBox, tr("Rate class"))),
      m_expires(new QCheckBox(tr("ends on"))), m_expiry(named(new QDateTimeEdit, tr("Expiry"))),
      m_quota(named(new QSpinBox, tr("Uses a day"))), m_counted(new QCheckBox(tr("counted"))),
      m_credits(named(new QSpinBox, tr("Credits"))), m_verdict(quiet({})), m_make(button(tr("Make the key")))
{
    setWindowTitle(tr("New key"));
    setMinimumWidth(560);
    for (const KeyRateClass& each : classes) {
        m_class->addItem(text(each.name));
    }
    if (classes.empty()) { // not asked for yet
        m_class->addItem("standard");
    }
    m_class->setCurrentText("standard");
    build();
    check();
    m_owner->setFocus();
}

void NewKeyDialog::build()
{
    for (const KeyPermission each :
        {KeyPermission::ReadOnly, KeyPermission::ReadWrite, KeyPermission::Admin, KeyPermission::Service, KeyPermission::Custom}) {
        m_permission->addItem(wordOf(each), static_cast<int>(each));
    }
    m_owner->setPlaceholderText(tr("who has it: a name, a team, a program"));
    m_scopes->setPlaceholderText("read,write:letters:draft");
    m_addresses->setPlaceholderText(tr("from everywhere; or networks such as 10.1.0.0/16"));
    m_expires->setChecked(true);
    m_expiry->setDateTime(QDateTime(QDate::currentDate().addDays(kExpiryDays), QTime(0, 0)));
    m_expiry->setCalendarPopup(true);
    m_quota->setRange(0, kManyMax);
    m_quota->setSpecialValueText(tr("no bound"));
    m_credits->setRange(0, kManyMax);
    m_credits->setValue(1000);
    auto* form = new QFormLayout;
    addRows(form);
    m_make->setDefault(true);
    auto* cancel = button(tr("Cancel"));
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_verdict, 1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_make);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kGap);
    layout->addLayout(form);
    layout->addStretch();
    layout->addLayout(buttons);
    for (QLineEdit* line : {m_owner, m_scopes, m_addresses}) {
        connect(line, &QLineEdit::textChanged, this, &NewKeyDialog::check);
    }
    connect(m_permission, &QComboBox::currentIndexChanged, this, &NewKeyDialog::check);
    connect(m_expires, &QCheckBox::toggled, this, &NewKeyDialog::check);
    connect(m_expiry, &QDateTimeEdit::dateTimeChanged, this, &NewKeyDialog::check);
    connect(m_counted, &QCheckBox::toggled, this, &NewKeyDialog::check);
    connect(m_make, &QPushButton::clicked, this, &QDialog::accept);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
}

void NewKeyDialog::addRows(QFormLayout* form)
{
    form->setVerticalSpacing(kGap);
    form->setHorizontalSpacing(kMargin);
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    form->addRow(tr("Owner"), m_owner);
    form->addRow(tr("Label"), m_label);
    form->addRow(tr("May"), m_permission);
    form->addRow(tr("Scopes"), m_scopes);
    form->addRow(tr("Addresses"), m_addresses);
    form->addRow(tr("Rate class"), m_class);
    form->addRow(tr("Expiry"), beside(m_expires, m_expiry));
    form->addRow(tr("Uses a day"), m_quota);
    form->addRow(tr("Credits"), beside(m_counted, m_credits));
}

Result<NewKey> NewKeyDialog::wanted() const
{
    NewKey key;
    key.owner = bytesOf(m_owner->text().trimmed());
    if (key.owner.empty()) {
        return Error{ErrorCode::InvalidArgument, bytesOf(tr("A key has an owner."))};
    }
    key.label = bytesOf(m_label->text().trimmed());
    key.permission = static_cast<KeyPermission>(m_permission->currentData().toInt());
    if (key.permission == KeyPermission::Custom) {
        for (const QString& word : words(m_scopes)) {
            CARMA_TRY_ASSIGN(KeyScope scope, parseScope(bytesOf(word)));
            key.scopes.push_back(std::move(scope));
        }
        if (key.scopes.empty()) {
            return Error{ErrorCode::InvalidArgument, bytesOf(tr("Name at least one scope, for instance read:letters."))};
        }
    }
    for (const QString& word : words(m_addresses)) {
        CARMA_TRY_ASSIGN(const AddressRange range, parseAddressRange(bytesOf(word)));
        key.addresses.push_back(range);
    }
    key.rateClass = bytesOf(m_class->currentText());
    if (m_expires->isChecked()) {
        if (m_expiry->dateTime() <= QDateTime::currentDateTime()) {
            return Error{ErrorCode::InvalidArgument, bytesOf(tr("The expiry is in the past."))};
        }
        key.expiresUs = m_expiry->dateTime().toMSecsSinceEpoch() * 1000;
    }
    key.quotaADay = static_cast<std::uint64_t>(m_quota->value());
    if (m_counted->isChecked()) {
        key.credits = static_cast<std::uint64_t>(m_credits->value());
    }
    return key;
}

void NewKeyDialog::check()
{
    m_scopes->setEnabled(m_permission->currentData().toInt() == static_cast<int>(KeyPermission::Custom));
    m_expiry->setEnabled(m_expires->isChecked());
    m_credits->setEnabled(m_counted->isChecked());
    const auto key = wanted();
    m_make->setEnabled(key.has_value());
    m_verdict->setText(key ? QString() : text(key.error().message));
}

} // namespace carma::gui
