// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/class_dialog.h"

#include "app/text.h"
#include "frame/widgets.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QSpinBox>
#include <QVBoxLayout>

namespace carma::gui {

namespace {

constexpr int kMany = 1000000000;
constexpr int kSecondsMax = 400 * 24 * 3600;
constexpr std::int64_t kSecond = 1000000;

QSpinBox* spin(const QString& name, std::uint64_t value, int most)
{
    auto* made = named(new QSpinBox, name);
    made->setRange(1, most);
    made->setValue(static_cast<int>(std::min<std::uint64_t>(value, static_cast<std::uint64_t>(most))));
    made->setGroupSeparatorShown(true);
    return made;
}

} // namespace

ClassDialog::ClassDialog(const KeyRateClass& begin, QWidget* parent)
    : QDialog(parent), m_name(named(new QLineEdit(text(begin.name)), tr("Name"))), m_verdict(quiet({})), m_keep(button(tr("Keep")))
{
    setWindowTitle(tr("Rate class"));
    setMinimumWidth(520);
    m_name->setPlaceholderText("partners");
    m_name->setReadOnly(!begin.name.empty());
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(kGap);
    grid->setVerticalSpacing(8);
    const QString heads[] = {tr("Uses"), tr("in seconds"), tr("at once")};
    for (int i = 0; i < 3; ++i) {
        grid->addWidget(quiet(heads[i]), 0, i + 1);
        grid->setColumnStretch(i + 1, 1);
    }
    const QString names[] = {tr("Read"), tr("Write"), tr("Heavy")};
    const RateLimit limits[] = {begin.read, begin.write, begin.heavy};
    for (std::size_t i = 0; i < m_limits.size(); ++i) {
        const auto period = static_cast<std::uint64_t>(std::max<std::int64_t>(1, limits[i].periodUs / kSecond));
        Fields& fields = m_limits.at(i);
        fields = {spin(names[i] + ", " + heads[0], limits[i].count, kMany), spin(names[i] + ", " + heads[1], period, kSecondsMax),
            spin(names[i] + ", " + heads[2], limits[i].burst, kMany)};
        const int line = static_cast<int>(i) + 1;
        grid->addWidget(new QLabel(names[i]), line, 0);
        grid->addWidget(fields.count, line, 1);
        grid->addWidget(fields.seconds, line, 2);
        grid->addWidget(fields.burst, line, 3);
    }
    auto* nameRow = new QHBoxLayout;
    nameRow->setSpacing(kGap);
    nameRow->addWidget(new QLabel(tr("Name")));
    nameRow->addWidget(m_name, 1);
    auto* cancel = button(tr("Cancel"));
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_verdict, 1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_keep);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kGap);
    layout->addLayout(nameRow);
    layout->addLayout(grid);
    layout->addWidget(quiet(tr("Heavy is what reads or writes much at once: heal, audit, keys.")));
    layout->addStretch();
    layout->addLayout(buttons);
    m_keep->setDefault(true);
    connect(m_name, &QLineEdit::textChanged, this, &ClassDialog::check);
    connect(m_keep, &QPushButton::clicked, this, &QDialog::accept);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    for (const Fields& fields : m_limits) {
        for (QSpinBox* each : {fields.count, fields.seconds, fields.burst}) {
            connect(each, &QSpinBox::valueChanged, this, &ClassDialog::check);
        }
    }
    check();
}

Result<KeyRateClass> ClassDialog::wanted() const
{
    KeyRateClass made;
    made.name = bytesOf(m_name->text());
    if (made.name.empty()) {
        return Error{ErrorCode::InvalidArgument, bytesOf(tr("A class has a name."))};
    }
    RateLimit* limits[] = {&made.read, &made.write, &made.heavy};
    for (std::size_t i = 0; i < m_limits.size(); ++i) {
        const Fields& fields = m_limits.at(i);
        *limits[i] = {static_cast<std::uint64_t>(fields.count->value()), fields.seconds->value() * kSecond,
            static_cast<std::uint64_t>(fields.burst->value())};
        CARMA_TRY(checkLimit(*limits[i]));
    }
    return made;
}

void ClassDialog::check()
{
    const auto made = wanted();
    m_keep->setEnabled(made.has_value());
    m_verdict->setText(made ? QString() : text(made.error().message));
}

} // namespace carma::gui
