"""The pages that Django draws: the shell of the studio, sign-in and sign-out."""

from typing import Any

from django.conf import global_settings
from django.conf import settings as django_settings
from django.contrib.auth import REDIRECT_FIELD_NAME, get_user_model, login
from django.contrib.auth.views import LoginView, LogoutView, redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from flowstudio import __version__, attempts, signin
from flowstudio.templatetags.flowstudio_assets import is_built


def sign_in_address() -> str:
    """The host's own sign-in page where it has named one, else ours."""
    if django_settings.LOGIN_URL == global_settings.LOGIN_URL:
        return reverse("flowstudio:sign-in")
    return resolve_url(django_settings.LOGIN_URL)


@require_safe
@never_cache
def studio(request: HttpRequest, **address: Any) -> HttpResponse:
    """One shell for every page of the studio; the script reads the address itself."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), sign_in_address())
    if not is_built():
        return render(request, "flowstudio/no_bundle.html", status=503)
    return render(request, "flowstudio/studio.html", {"boot": boot(request)})


def boot(request: HttpRequest) -> dict[str, Any]:
    """What the script must know before its first call."""
    base = reverse("flowstudio:workflows")
    user: Any = request.user
    return {
        "base": base,
        "api": f"{base}api/",
        "live": f"{base}ws/live/",
        "user": {"id": str(user.pk), "name": user.get_username(), "is_superuser": user.is_superuser},
        "csrf_token": get_token(request),
        "version": __version__,
    }


class SignIn(LoginView):
    template_name = "flowstudio/sign_in.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not attempts.blocked(request, self._name()):
            return super().post(request, *args, **kwargs)
        form = self.form_class(request, initial={"username": self._name()})
        answer = self.render_to_response(self.get_context_data(form=form, blocked=True), status=429)
        answer.headers["Retry-After"] = str(attempts.SECONDS)
        return answer

    def form_valid(self, form: Any) -> HttpResponse:
        attempts.succeeded(self.request, self._name())
        return super().form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        attempts.failed(self.request, self._name())
        return super().form_invalid(form)

    def _name(self) -> str:
        return self.request.POST.get("username", "")

    def get_default_redirect_url(self) -> str:
        return reverse("flowstudio:workflows")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, next_name=REDIRECT_FIELD_NAME)


class SignOut(LogoutView):
    """POST only: a link in somebody's page must not sign anybody out."""

    def get_success_url(self) -> str:
        return sign_in_address()


@require_safe
@never_cache
def sign_in_by_link(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    user = signin.use(uid, token)
    if user is None:
        name = get_user_model().USERNAME_FIELD
        return render(request, "flowstudio/link_used.html", {"user_word": name.upper()}, status=410)
    login(request, user, backend=django_settings.AUTHENTICATION_BACKENDS[0])
    return redirect("flowstudio:workflows")


sign_in = method_decorator(never_cache, name="dispatch")(SignIn).as_view()
sign_out = SignOut.as_view()
