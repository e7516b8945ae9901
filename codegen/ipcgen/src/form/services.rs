//! Services, callbacks and modules.

use procwire_idl::model::{CallbackId, Callbacks, Event, Method, Module, Parameters, Response, Service, ServiceId};

use super::{Fields, Form, holding, push_flag, push_list, push_texts};
use crate::json::Json;

impl Form<'_> {
    pub(super) fn service(&self, service: &Service) -> Json {
        let Service { docs, deprecated, extras, span, .. } = service;
        let mut fields = vec![
            ("name", Json::text(&service.name)),
            ("notes", self.notes(docs, deprecated.as_deref(), extras, *span)),
        ];
        fields.extend(service.prefix.as_ref().map(|prefix| ("prefix", Json::text(prefix))));
        push_list(&mut fields, "methods", service.methods.iter().map(|method| self.method(method)));
        push_list(&mut fields, "events", service.events.iter().map(|event| self.event(event)));
        push_texts(&mut fields, "reserved", &service.reserved);
        Json::Object(fields)
    }

    fn method(&self, method: &Method) -> Json {
        let Method { docs, deprecated, extras, span, .. } = method;
        let mut fields = vec![
            ("name", Json::text(&method.name)),
            ("wire", Json::text(&method.wire)),
            ("notes", self.notes(docs, deprecated.as_deref(), extras, *span)),
        ];
        self.parameters(&method.parameters, &mut fields);
        push_texts(&mut fields, "reserved", &method.reserved);
        let response = match method.response {
            Response::Result => "Result",
            Response::Stream => "Stream",
            Response::Ack => "Ack",
            Response::None => "None",
        };
        fields.push(("response", Json::text(response)));
        fields.extend(method.answer.as_ref().map(|answer| ("answer", self.ty(answer))));
        push_list(&mut fields, "throws", method.throws.iter().map(|id| Json::number(id.0)));
        fields.extend(method.timeout.map(|timeout| ("timeout", Json::number(timeout))));
        push_flag(&mut fields, "idempotent", method.idempotent);
        fields.extend(method.since.as_ref().map(|since| ("since", Json::text(since))));
        push_flag(&mut fields, "raw", method.raw);
        Json::Object(fields)
    }

    fn event(&self, event: &Event) -> Json {
        let Event { docs, deprecated, extras, span, .. } = event;
        let mut fields = vec![
            ("name", Json::text(&event.name)),
            ("wire", Json::text(&event.wire)),
            ("notes", self.notes(docs, deprecated.as_deref(), extras, *span)),
        ];
        self.parameters(&event.parameters, &mut fields);
        push_texts(&mut fields, "reserved", &event.reserved);
        fields.extend(event.since.as_ref().map(|since| ("since", Json::text(since))));
        push_flag(&mut fields, "raw", event.raw);
        Json::Object(fields)
    }

    fn parameters(&self, parameters: &Parameters, fields: &mut Fields) {
        match parameters {
            Parameters::None => {}
            Parameters::Bare(ty) => fields.push(("parameters", holding("Bare", self.ty(ty)))),
            Parameters::Named(named) => fields.push(("parameters", holding("Named", self.fields(named)))),
        }
    }

    pub(super) fn callbacks(&self, block: &Callbacks) -> Json {
        let Callbacks { docs, deprecated, extras, span, .. } = block;
        let mut fields =
            vec![("name", Json::text(&block.name)), ("notes", self.notes(docs, deprecated.as_deref(), extras, *span))];
        push_list(&mut fields, "methods", block.methods.iter().map(|method| self.method(method)));
        push_texts(&mut fields, "reserved", &block.reserved);
        Json::Object(fields)
    }

    pub(super) fn module(&self, module: &Module) -> Json {
        let Module { docs, deprecated, extras, span, .. } = module;
        let mut fields =
            vec![("name", Json::text(&module.name)), ("notes", self.notes(docs, deprecated.as_deref(), extras, *span))];
        let service = |id: &ServiceId| {
            let name = &self.model.packages[id.package.0 as usize].services[id.service].name;
            Json::Object(vec![("package", Json::number(id.package.0)), ("name", Json::text(name))])
        };
        let path = |id: &CallbackId| {
            let blocks = &self.model.packages[id.package.0 as usize].callbacks;
            Json::text(&blocks[id.block].methods[id.method].wire)
        };
        push_list(&mut fields, "provides", module.provides.iter().map(service));
        push_list(&mut fields, "requires", module.requires.iter().map(path));
        push_list(&mut fields, "optional", module.optional.iter().map(path));
        Json::Object(fields)
    }
}
